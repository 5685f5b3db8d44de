-- Lets `most` through at once, and as many in each window after that, evenly; holds one number, however many come.
-- ARGV: now and window in ms, most. Returns how many ms to wait (0: admitted).
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local gap = window / tonumber(ARGV[3])
local due = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0)) + gap
local wait = due - window - now
if wait > gap / 2 then  -- what was added up is not exact to the last digit
  return math.ceil(wait)
end
redis.call('SET', KEYS[1], string.format('%.17g', due), 'PX', math.ceil(due - now))
return 0
