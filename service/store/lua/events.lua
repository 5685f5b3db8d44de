-- Records what happened to appeals; returns 1 for each event that is new, else 0.
-- ARGV: now, keep_ms, then for each event: campaign key, receipt key, flag, and for a snooze its end (else 0)
local now = tonumber(ARGV[1])
local r = read_record(redis.call('GET', KEYS[1]), now)
local news = {}
for i = 3, #ARGV, 4 do
  local row = struct.pack('<II', tonumber(ARGV[i]), tonumber(ARGV[i + 1]))
  local flag, at, flags = tonumber(ARGV[i + 2]), now, 0
  local from = find_row(r.shown, SHOWN_SIZE, row)
  if from then
    at, flags = struct.unpack('<IB', r.shown, from + 8)
    -- an appeal counts from the moment it was seen, whatever came first
    if flag == 1 and bit.band(flags, 1) == 0 then at = now end
  end
  local new = bit.band(flags, flag) == 0
  news[#news + 1] = new and 1 or 0
  if new or flag == 8 then
    if from then r.shown = without_row(r.shown, from, SHOWN_SIZE) end
    r.shown = with_row(r.shown, row .. struct.pack('<IB', at, bit.bor(flags, flag)), MOST_SHOWN)
    if flag == 4 then r.dismissed_at, r.dismissals = now, math.min(r.dismissals + 1, 255) end
    if flag == 8 then r.snoozed_until = tonumber(ARGV[i + 3]) end
    if flag == 16 then r.flags = bit.bor(r.flags, 1) end
  end
end
write_record(KEYS[1], r, ARGV[2])
return news
