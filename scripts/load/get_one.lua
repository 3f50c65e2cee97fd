-- The same key, again and again.
dofile("report.lua")

function init()
    get = wrk.format("GET", "/api/v1/config/load/0")
end

function request()
    return get
end
