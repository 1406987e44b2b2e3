// `conferente preparar`: SQL on stdout that can be run as it is, hints on stderr, and 1 when nothing would work.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { PASSWORD } from '../helper/server.ts'
import { conferente } from './helper.ts'

t.test('only the proposal goes to stdout, so it can be saved to a file and run', async (t) => {
  const { sql, url } = await testDatabase(t)
  await sql.unsafe(`create schema erp;
    create table erp.gastos (id bigint primary key, data date, categoria text, valor numeric(18,2), fornecedor text);
    create table erp.vazia (nada bytea)`)
  const leo = Object.assign(new URL(url), { username: 'leo', password: PASSWORD }).href
  const run = (...args: string[]) => conferente(['preparar', ...args], { url: leo })
  const right = await run('erp.gastos', '--visao', 'dw.gastos')
  t.equal(right.code, 0, right.stderr)
  t.match(right.stderr, /colunas encontradas: 5 de 14/)
  t.match(right.stderr, /carregado_em: não encontrada: rode por data de lançamento/)
  await sql.unsafe(right.stdout)
  t.same(await sql`select count(*)::int as n from dw.gastos`, [{ n: 0 }])
  const json = await run('erp.gastos', '--json')
  t.match(JSON.parse(json.stdout)[0], { coluna: 'id', origem: 'erp.gastos.id', expressao: 'f.id' })
  const wrong = await run('erp.vazia')
  t.equal(wrong.code, 1)
  t.match(wrong.stderr, /sem elas nada funciona: id, data_lancamento, categoria, valor/)
  const unknown = await run('erp.nada')
  t.equal(unknown.code, 1)
  t.match(unknown.stderr, /não há tabela nem visão erp\.nada/)
  t.match(unknown.stderr, /financeiro\.fato_despesa/)
})
