-- Puts the gate off, once in a period; a second press while it is put off changes nothing.
-- ARGV: now, keep_ms, the second from which the period runs, for how many seconds it is put off.
-- Returns until when, or 0 where it was put off before in this period.
local now, since, span = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local r = read_record(redis.call('GET', KEYS[1]), now)
if r.put_off_at > 0 and now < r.put_off_at + span then return r.put_off_at + span end
if r.put_off_at >= since then return 0 end
r.put_off_at = now
write_record(KEYS[1], r, ARGV[2])
return now + span
