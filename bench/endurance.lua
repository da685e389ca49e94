-- Requests of every kind, in an order that each thread draws for itself.
local paths = {}
for line in io.lines(os.getenv("EXPORTSTAT_PATHS")) do
  table.insert(paths, line)
end
local seed = 0
function setup(thread)
  seed = seed + 1
  thread:set("number", seed)
end
function init()
  math.randomseed(os.time() + number)
end
function request()
  local path = paths[math.random(#paths)]
  if math.random(20) == 1 then
    return wrk.format("GET", path, {["If-None-Match"] = '"0123456789abcdef"', ["Accept-Encoding"] = "gzip"})
  end
  return wrk.format("GET", path)
end
