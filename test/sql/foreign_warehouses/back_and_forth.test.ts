// Rollbacks of rollbacks over rows that others have moved, and writes that fire other triggers than those on update.
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { findingsIn, rollBack, runSession } from '../../helper/warehouse.ts'
import { COLUMNS, houseRule, type Kind, propose, warehouse } from '../../helper/warehouses.ts'

const set = (kind: Kind, key: string, category: string) =>
  kind === 'estrela'
    ? `update {s}.fato set sk_categoria = (select sk from {s}.dim_categoria where upper(nome) = '${category}') where nk = ${key}`
    : kind === 'razao'
      ? `update {s}.lancamentos set categoria = '${category}' where id = '${key}'`
      : `update {s}.movimento set classe = '${category}' where id = '${key}'`

for (const kind of ['estrela', 'razao', 'debito_credito'] as const) {
  t.test(
    `${kind}: a row that already holds the value is neither written nor reported as corrected`,
    async (t) => {
      const { sql, connectAs } = await testDatabase(t)
      const [olivia, ana] = [connectAs('olivia'), connectAs('ana')]
      const dw = await warehouse(sql, { kind })
      await houseRule(sql, connectAs('adelia'))
      const { key, right, other, wrong } = dw
      await propose(
        sql,
        [1, 4, 9].map((n) => ({ id: key(n), valores: { categoria: right } })),
      )
      const auto = await runSession(olivia, 'auto', ['casa'])
      t.match(auto, { corrigidas: 3n })
      await olivia`select * from audit.reverter_sessao(${auto['id']}, 'engano')`
      t.same(await dw.differences(), [])

      await dw.edit(set(kind, key(1), right)) // somebody else does what we had done
      await dw.edit(set(kind, key(4), other))
      const [reversal] = await sql`select max(id) as id from audit.operacoes where tipo = 'reversao'`
      const forth = await ana`select * from audit.reverter_operacao(${reversal?.['id']}, 'estava certo')`
      t.match(forth, [{ resultado: 'ja_revertida' }, { resultado: 'conflito' }, { resultado: 'revertida' }])
      const [one, four, nine] = await findingsIn(sql)
      t.match(nine, { status: 'corrigida' })
      t.match(four, { status: 'revertida' }, 'a conflict changes nothing')
      t.not(one?.['status'], 'corrigida', 'we wrote nothing to it')
      const corrected = await sql`
      select d.registro_id from audit.divergencias_processadas d
      where d.status = 'corrigida' and not exists (
        select from audit.alteracoes a where a.divergencia_id = d.id and btrim(a.depois ->> 'categoria') = d.valores_propostos ->> 'categoria'
          and a.operacao_id = (select max(x.operacao_id) from audit.alteracoes x where x.divergencia_id = d.id))`
      t.same(corrected, [], 'whatever is called corrected has an alteration to show for it')
      const undecided = await sql`
      select d.registro_id from audit.divergencias_processadas d
      where d.decidida_por <> 'conferente' and not exists (
        select from audit.decisoes c where c.divergencia_id = d.id and c.ator = d.decidida_por)`
      t.same(undecided, [], "whatever a person is said to have decided has that person's decision")
      t.same(await dw.differences({ images: false }), [])

      // the row was put back by hand: a rollback finds nothing to do, and says so
      await dw.edit(set(kind, key(9), wrong))
      const [back] = await rollBack(ana, nine?.['id'])
      t.match(back, { resultado: 'ja_revertida' })
      t.match((await findingsIn(sql)).at(-1), { status: 'revertida' })
      t.same(await dw.differences({ images: false }), [])
      t.match(await sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
    },
  )
}

t.test('a correction that moves a row to another partition is checked against insert triggers', async (t) => {
  for (const sometimes of ['insert', 'insert or delete', 'update of data_lancamento'] as const) {
    const { sql, connectAs } = await testDatabase(t)
    const dw = await warehouse(sql, { kind: 'razao' })
    await sql.unsafe(`create function dw.ao_mudar() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin if tg_op = 'DELETE' then return old; end if; new.descricao := upper(new.descricao); return new; end $$;
      create trigger ao_mudar before ${sometimes} on dw.lancamentos for each row execute function dw.ao_mudar()`)
    const columns = [...COLUMNS, 'data_lancamento']
    await houseRule(sql, connectAs('adelia'), { columns })
    // 1 and 2 are booked in February; the text of 1 is not in capitals
    await propose(
      sql,
      [1, 2].map((n) => ({ id: dw.key(n), valores: { data_lancamento: '2026-03-28' } })),
      { columns },
    )
    const auto = await runSession(connectAs('olivia'), 'auto', ['casa'])
    t.same(
      (await findingsIn(sql)).map((d) => d['status']),
      ['falha', 'corrigida'],
      `${sometimes}: ${auto['mensagem']}`,
    )
    t.same(await dw.differences(), [], sometimes)
  }
})
