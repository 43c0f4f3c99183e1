-- events.sql - what is wrong with events.json by schema.json: a row each
--
-- Each line has the members that the schema wants, and no other; each is of
-- its type.

CREATE TABLE line AS
  SELECT key AS number, value ->> '$.event' AS event, value AS object
  FROM json_each ('[' || replace (rtrim (readfile ('events.json'), char (10)),
                                  char (10), ',') || ']');
CREATE TABLE def AS
  SELECT key AS name, value AS def
  FROM json_each (CAST (readfile ('schema.json') AS TEXT), '$."$defs"');

-- What a line must be: an event, and of a test too.
CREATE VIEW part AS
  SELECT number, object, event AS name FROM line
  UNION ALL
  SELECT number, object, 'of-test' FROM line WHERE event NOT LIKE 'run-%';

-- The members it may have.
CREATE VIEW known AS
  SELECT part.number, member.key AS member,
    coalesce (member.value ->> '$.type',
              (SELECT def ->> '$.type' FROM def
               WHERE '#/$defs/' || name = member.value ->> '$."$ref"')) AS type
  FROM part JOIN def USING (name),
    json_each (def.def, '$.properties') AS member;

SELECT 'no events' WHERE (SELECT count (*) FROM line) < 2;

SELECT number, 'unknown event', event FROM line
  WHERE event NOT IN (SELECT name FROM def);

SELECT number, part.name, 'without', must.value
  FROM part JOIN def USING (name), json_each (def.def, '$.required') AS must
  WHERE json_type (object, '$.' || must.value) IS NULL;

SELECT line.number, event, 'with', member.key
  FROM line, json_each (object) AS member
  WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.number = line.number
                    AND known.member = member.key);

SELECT line.number, event, member.key, 'is', member.type, 'not', known.type
  FROM line, json_each (object) AS member
    JOIN known ON known.number = line.number AND known.member = member.key
  WHERE known.type IS NOT NULL
    AND replace (member.type, 'text', 'string') != known.type
    AND NOT (known.type = 'number' AND member.type IN ('integer', 'real'));
