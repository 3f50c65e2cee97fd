-- One write to nine reads, of any of the keys.
dofile("report.lua")

local thread_count = 0
function setup(thread)
    thread_count = thread_count + 1
    thread:set("seed", thread_count)
end

function init(arguments)
    keys = tonumber(arguments[1])
    math.randomseed(seed)
    value = string.rep("y", 64)
    headers = {["Content-Type"] = "text/plain"}
end

function request()
    local path = "/api/v1/config/load/" .. math.random(0, keys - 1)
    if math.random(10) == 1 then return wrk.format("PUT", path, headers, value) end
    return wrk.format("GET", path)
end
