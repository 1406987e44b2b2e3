// Draws the sample of a month's automatic corrections again, with nothing but Node, from the seals in the mails:
//   conferente certificar --lista > corrigidas.csv
//   node sorteio.mjs corrigidas.csv 59 12=30be30b0… 13=a1c4… (each session's number and its seal)
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [file, size, ...mailed] = process.argv.slice(2)
const seals = new Map(mailed.map((one) => one.split('=')))
const lines = readFileSync(file, 'utf8').trim().split(/\r?\n/)
const corrections = lines.map((line) => line.split(';')).filter(([session]) => /^\d+$/.test(session))
const drawn = corrections.map(([session, finding, amount]) => {
  if (!seals.has(session)) throw new Error(`the seal of session ${session} is missing`)
  const digest = createHash('sha256').update(seals.get(session), 'hex').update(finding).digest('hex')
  const u = (Number.parseInt(digest.slice(0, 13), 16) + 0.5) / 2 ** 52
  return { finding, clock: -Math.log(u) / Number(amount) } // the larger the amount, the sooner it is due
})
drawn.sort((a, b) => a.clock - b.clock)
for (const { finding } of drawn.slice(0, Number(size))) console.log(finding)
