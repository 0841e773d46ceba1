-- wrk's part: 1 KB messages to a thousand sessions in turn. Arguments: KEY SESSIONS_FILE BULK (messages a request)
local sessions, next_one, bulk, message = {}, 0, 1, ""

function init(args)
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  wrk.headers["Content-Type"] = "application/json"
  for line in io.lines(args[2]) do sessions[#sessions + 1] = line end
  bulk = tonumber(args[3])
  message = '{"blob":{"role":"user","content":"' .. string.rep("a word or two, ", 66) .. '"}}'
end

function request()
  next_one = next_one % #sessions + 1
  local path = "/api/v1/session/" .. sessions[next_one] .. "/messages"
  if bulk == 1 then return wrk.format(nil, path, nil, message) end
  return wrk.format(nil, path .. "/bulk", nil, '{"messages":[' .. string.rep(message, bulk, ",") .. "]}")
end

function done(summary, latency)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, errors,
    latency:percentile(50), latency:percentile(99)))
end
