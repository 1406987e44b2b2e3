import type { Words } from './words.ts'

/** Slack's limit: beyond it, the whole message is refused. */
const MOST_FIELDS = 10
const LONGEST = { title: 150, text: 3000, field: 2000 }

/** Blocks for an incoming webhook. Notifications and screen readers use `text`. */
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

/** Text in which Slack sees no formatting, mentions or emoji. */
const plain = (text: string, most: number) => ({
  type: 'plain_text',
  text: escaped(text, most),
  emoji: false,
})

/** Without the three characters that make Slack's mentions and links, and cut between characters. */
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
