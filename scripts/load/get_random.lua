-- Any of the keys.
dofile("report.lua")

local thread_count = 0
function setup(thread)
    thread_count = thread_count + 1
    thread:set("seed", thread_count)
end

function init(arguments)
    keys = tonumber(arguments[1])
    math.randomseed(seed)
end

function request()
    return wrk.format("GET", "/api/v1/config/load/" .. math.random(0, keys - 1))
end
