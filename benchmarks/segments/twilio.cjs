// Reads one JSON array [text, encoding] a line, and answers each with what Twilio's calculator says of it.
"use strict";
const readline = require("node:readline");
const { SegmentedMessage } = require("sms-segments-calculator");

const UNIT_BITS = { "GSM-7": 7, "UCS-2": 16 };

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const [text, encoding] = JSON.parse(line);
  let answer;
  try {
    const message = new SegmentedMessage(text, encoding);
    answer = {
      encoding: message.encodingName,
      parts: message.segmentsCount,
      units: message.messageSize / UNIT_BITS[message.encodingName],
      graphemes: message.graphemes.every((grapheme) => grapheme.length === 1)
        ? null
        : message.graphemes.map((grapheme) => grapheme.length),
    };
  } catch (error) {
    answer = { refused: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
