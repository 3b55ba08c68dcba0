-- Sends the requests of a file in turn: one per line, as method, path, token and body, separated by
-- tabs. `@7+pass@` in a body stands for 7 in the first pass through the file, 8 in the second, so that
-- each save states the version that the previous pass left.
local lines = {}
local position = 0
local pass = 1
local verified = false

local function format(method, path, token, body)
  local headers = {}
  if token ~= "" then headers["Authorization"] = "Bearer " .. token end
  if body ~= "" then headers["Content-Type"] = "application/json" end
  return wrk.format(method, path, headers, body ~= "" and body or nil)
end

local function addPass(first)
  return string.format("%d", first + pass - 1)
end

function init(args)
  for line in io.lines(args[1]) do
    local method, path, token, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$")
    if body:find("+pass@", 1, true) then
      lines[#lines + 1] = { method, path, token, body }
    else
      lines[#lines + 1] = format(method, path, token, body)
    end
  end
end

function request()
  -- wrk calls this once to examine the result, and does not send it.
  if not verified then
    verified = true
    return format("GET", "/", "", "")
  end
  position = position + 1
  if position > #lines then
    position = 1
    pass = pass + 1
  end
  local line = lines[position]
  if type(line) == "string" then return line end
  return format(line[1], line[2], line[3], (line[4]:gsub("@(%d+)%+pass@", addPass)))
end

function done(summary, latency)
  io.write(string.format(
    '{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"failures":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.connect, summary.errors.read, summary.errors.write,
    summary.errors.timeout, summary.errors.status))
end
