import type { Outcome } from './mutation.ts'

const INTRO = `# Mutations

\`npm run mutation\` breaks small things in the files below \`sql/\`, one at a time and each in a database of its own, and runs the tests of their
subject. It prints each line with \`caught\` or \`SURVIVED\`, and fails when one survives or its text is no longer in its file.
\`npm run mutation -- trade_marketing\` breaks one subject alone; the lists are in \`test/mutation\`. With \`--write\` the last count goes here:

| subject | mutations | not caught | on |
| --- | --- | --- | --- |
`

/** The page with the count of each subject; those that were not tried now stay as the page had them. */
export function table(outcomes: readonly Outcome[], page: string): string {
  const day = new Date().toISOString().slice(0, 10)
  const rows = new Map(
    [...page.matchAll(/^\| (\S.*?) \| \d+ \| \d+ \| .* \|$/gm)].map(([row, subject = '']) => [subject, row]),
  )
  for (const [subject, list] of Map.groupBy(outcomes, ({ subject }) => subject)) {
    const survived = list.filter(({ caught }) => caught === undefined).length
    rows.set(subject, `| ${subject} | ${list.length} | ${survived} | ${day} |`)
  }
  return `${INTRO}${[...rows.values()].sort().join('\n')}\n`
}
