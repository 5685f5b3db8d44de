-- Records one page view and returns the record.
-- ARGV: now, keep_ms, article key (0: not an article), the second from which the meter counts (0: it does not count this
-- page), how many articles it counts, how many more for who has a newsletter, then the keys of the article's topics
local now = tonumber(ARGV[1])
local r = read_record(redis.call('GET', KEYS[1]), now)
if now - r.last_seen > VISIT_GAP then r.visits = math.min(r.visits + 1, 65535) end
r.last_seen = now

-- When the meter counted the article: at an earlier opening in this period, now if one is left, or never. Two tabs that
-- are opened at once must not both take the last one, so it is counted here and not by whoever reads the answer.
local function counted_at(before, since, room)
  if since == 0 or before >= since then return before end
  for from = 1, #r.articles, ARTICLE_SIZE do
    local opened_at, counted = struct.unpack('<II3', r.articles, from + 4)
    if counted > 0 and opened_at - counted + 1 >= since then room = room - 1 end
  end
  return room > 0 and now or 0
end

if ARGV[3] ~= '0' then
  local key, before = struct.pack('<I', tonumber(ARGV[3])), 0
  local from = find_row(r.articles, ARTICLE_SIZE, key)
  if from then
    local opened_at, counted = struct.unpack('<II3', r.articles, from + 4)
    if counted > 0 then before = opened_at - counted + 1 end
    r.articles = without_row(r.articles, from, ARTICLE_SIZE)
  end
  local room = tonumber(ARGV[5])
  if r.newsletters ~= '' then room = room + tonumber(ARGV[6]) end
  local counted = counted_at(before, tonumber(ARGV[4]), room)
  if counted > 0 then counted = math.max(now - counted + 1, 1) end
  if counted > MOST_COUNTED then counted = 0 end
  r.articles = with_row(r.articles, key .. struct.pack('<II3', now, counted), MOST_ARTICLES)
  for i = 7, #ARGV do
    local topic = struct.pack('<I', tonumber(ARGV[i])) .. key
    if not find_row(r.topics, TOPIC_SIZE, topic) then r.topics = with_row(r.topics, topic, MOST_TOPICS) end
  end
end
return write_record(KEYS[1], r, ARGV[2])
