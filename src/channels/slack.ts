import type { Words } from './words.ts'

/** What Slack takes: more is refused with the whole message. */
const MOST_FIELDS = 10
const LONGEST = { title: 150, text: 3000, field: 2000 }

/** Blocks for an incoming webhook. `text` is what notifications and screen readers say. */
export function slackMessage({ title, good, text, facts, button }: Words): object {
  return {
    text: escaped(title, LONGEST.text),
    blocks: [
      { type: 'header', text: plain(`${good ? '✅ ' : ''}${title}`, LONGEST.title) },
      ...(text === null ? [] : [{ type: 'section', text: plain(text, LONGEST.text) }]),
      ...(facts.length === 0
        ? []
        : [
            {
              type: 'section',
              fields: facts
                .slice(0, MOST_FIELDS)
                .map(([label, value]) => plain(`${label}: ${value}`, LONGEST.field)),
            },
          ]),
      {
        type: 'actions',
        elements: [{ type: 'button', text: plain(button.label, LONGEST.title), url: button.url }],
      },
    ],
  }
}

/** Text in which Slack reads neither formatting nor mentions nor emoji. */
const plain = (text: string, most: number) => ({
  type: 'plain_text',
  text: escaped(text, most),
  emoji: false,
})

/** Without the three characters of which Slack's mentions and links are made, and cut between characters. */
function escaped(text: string, most: number): string {
  let kept = ''
  for (const sign of text) {
    const next = ESCAPES[sign] ?? sign
    if (kept.length + next.length > most) break
    kept += next
  }
  return kept
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
