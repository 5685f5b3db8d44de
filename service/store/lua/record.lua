-- One reader's record, as bytes; every script of this folder is loaded with this text in front of it.
-- record.py reads the same layout. Numbers are little-endian; times are seconds since 1970.
--   head:       version(1) flags(1) visits(2) first_seen(4) last_seen(4) snoozed_until(4) dismissed_at(4) put_off_at(4)
--               dismissals(1) articles(1) counted(1) topics(1) shown(1) gifts(1) newsletters(1); flags 1 never again
--   article:    key(4) opened_at(4)                       oldest first
--   counted:    article(4) counted_at(4)                  the articles that the meter counted in the running period
--   topic:      topic(4) article(4)                       an article's topic, where some campaign counts it
--   shown:      campaign(4) receipt(4) at(4) flags(1)     oldest first; flags 1 seen, 2 clicked, 4 dismissed, 8 snoozed,
--                                                         16 never again
--   gift:       id(4) fence(4) at(4) state(1)
--   newsletter: key(4)
local HEAD, HEAD_SIZE = '<BBHIIIIIBBBBBBB', 31
local ARTICLE_SIZE, COUNTED_SIZE, TOPIC_SIZE, SHOWN_SIZE, GIFT_SIZE, NEWSLETTER_SIZE = 8, 8, 8, 13, 13, 4
local MOST_ARTICLES, MOST_TOPICS, MOST_SHOWN, MOST_GIFTS, MOST_NEWSLETTERS = 200, 200, 60, 30, 20
local VISIT_GAP = 1800

local function new_record(now)
  return {flags = 0, visits = 0, first_seen = now, last_seen = 0, snoozed_until = 0, dismissed_at = 0, put_off_at = 0,
          dismissals = 0, articles = '', counted = '', topics = '', shown = '', gifts = '', newsletters = ''}
end

-- The first layout: no meter, no topics, no newsletters.
local function read_version_1(raw)
  local r = new_record(0)
  local _, articles, shown, gifts
  _, _, r.visits, r.first_seen, r.last_seen, r.snoozed_until, r.dismissed_at, r.dismissals, articles, shown, gifts =
    struct.unpack('<BBHIIIIBBBB', raw)
  local shown_from = 25 + articles * ARTICLE_SIZE
  r.articles = string.sub(raw, 25, shown_from - 1)
  r.shown = string.sub(raw, shown_from, shown_from + shown * SHOWN_SIZE - 1)
  r.gifts = string.sub(raw, shown_from + shown * SHOWN_SIZE)
  return r
end

local function read_record(raw, now)
  if not raw then return new_record(now) end
  local version = string.byte(raw)
  if version == 1 then return read_version_1(raw) end
  if version ~= 2 then error('reader record of version ' .. version) end
  local r = {}
  local _, articles, counted, topics, shown, gifts, newsletters
  _, r.flags, r.visits, r.first_seen, r.last_seen, r.snoozed_until, r.dismissed_at, r.put_off_at, r.dismissals,
    articles, counted, topics, shown, gifts, newsletters = struct.unpack(HEAD, raw)
  local at = HEAD_SIZE + 1
  local function rows(count, size)
    local from = at
    at = at + count * size
    return string.sub(raw, from, at - 1)
  end
  r.articles, r.counted = rows(articles, ARTICLE_SIZE), rows(counted, COUNTED_SIZE)
  r.topics = rows(topics, TOPIC_SIZE)
  r.shown, r.gifts = rows(shown, SHOWN_SIZE), rows(gifts, GIFT_SIZE)
  r.newsletters = rows(newsletters, NEWSLETTER_SIZE)
  return r
end

local function pack_record(r)
  return struct.pack(HEAD, 2, r.flags, r.visits, r.first_seen, r.last_seen, r.snoozed_until, r.dismissed_at,
                     r.put_off_at, r.dismissals, #r.articles / ARTICLE_SIZE, #r.counted / COUNTED_SIZE,
                     #r.topics / TOPIC_SIZE, #r.shown / SHOWN_SIZE, #r.gifts / GIFT_SIZE,
                     #r.newsletters / NEWSLETTER_SIZE)
         .. r.articles .. r.counted .. r.topics .. r.shown .. r.gifts .. r.newsletters
end

local function write_record(key, r, keep_ms)
  local raw = pack_record(r)
  redis.call('SET', key, raw, 'PX', keep_ms)
  return raw
end

-- Where (from 1) the row that begins with `key` stands in `rows`, or nil.
local function find_row(rows, size, key)
  local from = 1
  while true do
    from = string.find(rows, key, from, true)
    if not from or (from - 1) % size == 0 then return from end
    from = from + 1
  end
end

local function without_row(rows, from, size)
  return string.sub(rows, 1, from - 1) .. string.sub(rows, from + size)
end

-- Adds a row at the end; the oldest goes when there are too many.
local function with_row(rows, row, most)
  if #rows >= most * #row then rows = string.sub(rows, #row + 1) end
  return rows .. row
end
