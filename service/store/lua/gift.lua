-- Puts one contribution into the reader's record, unless a later look at Stripe was written already.
-- The rows are in the order of `at`: of too many, that which lies back furthest goes, whichever was looked at last.
-- ARGV: now, keep_ms, contribution key, fence, at, state. Returns 1 when written.
local r = read_record(redis.call('GET', KEYS[1]), tonumber(ARGV[1]))
local key, fence = struct.pack('<I', tonumber(ARGV[3])), tonumber(ARGV[4])
local from = find_row(r.gifts, GIFT_SIZE, key)
if from then
  if struct.unpack('<I', r.gifts, from + 4) > fence then return 0 end
  r.gifts = without_row(r.gifts, from, GIFT_SIZE)
end
local at, to = tonumber(ARGV[5]), 1
while to <= #r.gifts and struct.unpack('<I', r.gifts, to + 8) <= at do to = to + GIFT_SIZE end
local row = key .. struct.pack('<IIB', fence, at, tonumber(ARGV[6]))
r.gifts = string.sub(r.gifts, 1, to - 1) .. row .. string.sub(r.gifts, to)
if #r.gifts > MOST_GIFTS * GIFT_SIZE then r.gifts = string.sub(r.gifts, GIFT_SIZE + 1) end
write_record(KEYS[1], r, ARGV[2])
return 1
