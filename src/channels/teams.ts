import type { Words } from './words.ts'

/**
 * A message with an Adaptive Card, as a Workflows webhook ("When a Teams webhook request is received") takes it. Text that is not
 * ours goes into text runs, where Markdown is not read: a name cannot become a link.
 */
export function teamsMessage({ title, good, text, facts, button }: Words): object {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: title,
          msteams: { width: 'Full' },
          body: [
            richText({ text: title, weight: 'Bolder', size: 'Large', color: good ? 'Good' : 'Default' }),
            ...(text === null ? [] : [richText({ text })]),
            ...facts.map(([label, value]) =>
              richText({ text: `${label}: `, isSubtle: true }, { text: value, weight: 'Bolder' }),
            ),
          ],
          actions: [{ type: 'Action.OpenUrl', title: button.label, url: button.url }],
        },
      },
    ],
  }
}

const richText = (...runs: readonly ({ readonly text: string } & Record<string, unknown>)[]) => ({
  type: 'RichTextBlock',
  inlines: runs.map((run) => ({ type: 'TextRun', ...run })),
})
