// The commands that README gives a newcomer for their own warehouse, typed exactly as they stand there.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { newcomer, testDatabase } from '../helper/database.ts'
import { PASSWORD } from '../helper/server.ts'

const ROOT = join(import.meta.dirname, '../..')
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
/** The commands of one section, block by block. */
const blocks = (title: string) =>
  [...(readme.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(/```sh\n(.*?)```/gs)].map(
    ([, text = '']) => text,
  )

t.test("five minutes to the first correction of one's own data, and what keeps it running", async (t) => {
  const { sql: admin, url: adminUrl } = await testDatabase(t, 'empty')
  // as in README: the owner with createrole, who is not a superuser; and ana, who is a person
  const owner = await newcomer(t, { sql: admin, url: adminUrl }, 'dba', 'conferente_dono')
  const ana = await newcomer(t, { sql: admin, url: adminUrl }, 'ana', 'conferente_revisor')
  const database = new URL(adminUrl).pathname.slice(1)
  const [version] = await admin`select current_setting('server_version_num')::int >= 160000 as sets`
  await admin.unsafe(`
    alter role ${owner.login} createrole; alter database ${database} owner to ${owner.login};
    grant conferente_dono to ${owner.login} with admin option;
    grant conferente_regra, conferente_escrita, conferente_leitor, conferente_revisor, conferente_operador, conferente_administrador, conferente_servico
      to ${owner.login} with ${version?.['sets'] ? 'admin true, inherit false, set false' : 'admin option'}`)
  t.teardown(() =>
    admin.unsafe(`reassign owned by ${owner.login} to current_user; drop owned by ${owner.login}`),
  )
  const as = (login: string) => {
    const personal = new URL(adminUrl)
    personal.username = login
    personal.password = PASSWORD
    return personal.href
  }
  const url = as(owner.login)
  const sql = owner.connect()
  // somebody's warehouse: suppliers with habits, and in October four entries parked, three of marketing elsewhere, three amounts wrong
  await sql.unsafe(`
    create schema finance;
    create table finance.fact_entries (
      id bigint generated always as identity primary key, booked_on date not null, loaded_at timestamptz not null default now(),
      branch text, cost_centre text, account text, category text, supplier_code text, supplier_name text, invoice text, memo text,
      amount numeric(18,2), invoice_amount numeric(18,2), discount numeric(18,2));
    insert into finance.fact_entries (booked_on, branch, cost_centre, account, category, supplier_code, supplier_name, invoice, memo, amount, invoice_amount)
    select date '2026-01-01' + n, 'SP', 'CC1', case n % 2 when 0 then '4101' else '4202' end, case n % 2 when 0 then 'Combustível' else 'Frete' end,
      case n % 2 when 0 then '11222333000181' else '44555666000172' end, case n % 2 when 0 then 'Posto Sol' else 'Rápido Norte' end,
      'N' || n, case n % 2 when 0 then 'abastecimento da frota' else 'entrega de peças' end, 100 + n, 100 + n
    from generate_series(1, 270) as n;
    insert into finance.fact_entries (booked_on, branch, cost_centre, account, category, supplier_code, supplier_name, invoice, memo, amount, invoice_amount)
    select date '2026-10-01' + n, 'SP', 'CC1', '4101', case when n <= 4 then 'A CLASSIFICAR' when n <= 7 then 'Outros' else 'Combustível' end,
      case when n between 5 and 7 then '9988877700010' || n else '11222333000181' end, case when n between 5 and 7 then 'Agência ' || n else 'Posto Sol' end,
      'M' || n, case when n between 5 and 7 then 'verba cooperada' else 'abastecimento da frota' end, 500 + n,
      case when n <= 7 then 500 + n else 5000 + 10 * n end
    from generate_series(1, 10) as n;
    insert into finance.fact_entries (booked_on, branch, cost_centre, account, category, supplier_code, supplier_name, invoice, memo, amount)
    select date '2026-05-05' + n, 'SP', 'CC1', '4303', 'Trade Marketing', '77666555000144', 'Agência 1', 'V' || n, 'verba cooperada', 900
    from generate_series(1, 15) as n`)
  const bin = mkdtempSync(join(tmpdir(), 'conferente-readme-'))
  t.teardown(() => rmSync(bin, { recursive: true }))
  writeFileSync(
    join(bin, 'npx'),
    `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(ROOT, 'src/cli/main.ts')}' "$@"\n`,
    {
      mode: 0o755,
    },
  )
  // no machine of ours need have psql; ana is there already
  writeFileSync(
    join(bin, 'psql'),
    `#!${process.execPath}
      const [url, flag, what] = process.argv.slice(2)
      if (flag === '-f') require('${join(ROOT, 'node_modules/postgres')}')(url, { max: 1, onnotice() {} })
        .file(what).then(() => process.exit())`,
    { mode: 0o755 },
  )
  const typed = async (block: string) => {
    const lines = block
      .replace(/^export DATABASE_URL=.*$/m, '')
      .replace(/^export ANA=.*$/m, `export ANA='${as(ana.login)}'`)
      .replace(/^npx conferente iniciar.*$/m, '')
    const { stdout, stderr } = await promisify(execFile)('sh', ['-ec', lines], {
      timeout: 300_000,
      cwd: bin,
      env: { PATH: `${bin}:${process.env['PATH']}`, HOME: bin, DATABASE_URL: url },
    })
    return stdout + stderr
  }
  const said: string[] = []
  for (const text of blocks('Five minutes to your own warehouse')) said.push(await typed(text))
  t.match(said.join(''), /Simulação: terminaria concluida/, 'it says what would be corrected')
  const states = await sql`
    select d.regra, d.status, count(*)::int as quantas from audit.divergencias_processadas d group by 1, 2 order by 1, 2`
  t.same(
    states.map((s) => Object.values(s).join(' ')),
    [
      'pendente_verificacao corrigida 1',
      'pendente_verificacao revertida 3',
      'trade_marketing aberta 1',
      'trade_marketing corrigida 1',
      'trade_marketing rejeitada 1',
      'validacao_valores aberta 3',
    ],
    'two approved, one rejected, automatic corrections rolled back; amounts and unproved patterns wait for a person',
  )
  for (const text of blocks('Every morning')) await typed(text)
  const [settings] = await sql`
    select string_agg(chave || ' ' || valor::text, ', ' order by chave) as e from audit.configuracoes_sistema
    where chave in ('agenda.cron', 'correio.destinatarios', 'trade_marketing.categoria')`
  t.equal(
    settings?.['e'],
    'agenda.cron "0 7 * * *", correio.destinatarios ["financeiro@empresa.com.br"], trade_marketing.categoria "Trade Marketing"',
  )
})
