-- Puts a pseudonym in the place of a person's names and addresses, wherever they stand here. All that was sealed stays proven: of each part
-- of a fact that named the person, the digest that was sealed is kept, and its salt is drawn again, so that nobody finds the name by trying.
create or replace function audit.esquecer_pessoa(nome text, motivo text, simular boolean default false)
returns table (operacao_id bigint, pseudonimo text, lugar text, linhas bigint, em_duvida bigint)
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(esquecer_pessoa.motivo);
  v_nome text := nullif(audit_interno.nome_pessoa(esquecer_pessoa.nome), '');
  v_tabelas text;
  v_quem audit_interno.esquecida;
  v_operacao bigint;
  v_fatos bigint;
  v_lugares jsonb;
begin
  perform audit_interno.recusar_de_dentro();
  if v_nome is null or length(v_nome) > 200 or audit_interno.nome_do_sistema(v_nome) then
    raise exception using errcode = 'NC001', message = format('não é o nome de uma pessoa: %s', coalesce(left(v_nome, 200), 'nulo'));
  elsif audit_interno.mesma_pessoa(audit_interno.ator(), v_nome) then
    raise exception using errcode = 'NC007', message = 'ninguém esquece a si mesmo', hint = 'Nada foi feito. Peça a outro administrador.';
  elsif current_setting('transaction_isolation') <> 'read committed' then -- an older snapshot would not see the last names written
    raise exception using errcode = '25001', message = 'esquecer uma pessoa exige uma transação read committed';
  end if;
  -- Nobody writes a name while it is looked for. Waiting with some of the tables in hand could stop a session, so all are taken at once
  -- or none, and asked for again for ten seconds.
  select string_agg(distinct n.tabela, ', ') into v_tabelas from audit_interno.onde_ha_nomes() n;
  for v_vez in 1..20 loop
    begin
      execute format('lock table audit_interno.sais, audit_interno.fatos_esquecidos, %s in share row exclusive mode nowait', v_tabelas);
      exit;
    exception when lock_not_available then
      if v_vez = 20 then
        raise;
      end if;
    end;
    perform pg_sleep(0.5);
  end loop;
  v_quem := audit_interno.quem_esquecer(v_nome);
  perform audit_interno.exigir_fora(v_quem);
  if audit_interno.sem_nome(v_motivo, v_quem) <> v_motivo then
    raise exception using errcode = 'NC001', message = 'o motivo contém o nome ou o endereço da pessoa', hint = 'Nada foi feito. O motivo fica na trilha para sempre: escreva-o sem nome nem endereço.';
  end if;

  begin
    v_operacao := audit_interno.abrir_operacao('esquecimento', motivo => v_motivo);
    delete from audit_interno.pedidos p where audit_interno.pessoa_de(p.autor) = v_quem.pessoa or p.resposta ~ v_quem.duvidoso; -- kept for a day only
    drop table if exists pg_temp.conferente_antes, pg_temp.conferente_lugar;
    create temp table conferente_antes on commit drop as
    select p.*, p.parte = 'detalhes' as detalhe, false as mudou from audit_interno.partes_pessoais() p;
    create temp table conferente_lugar on commit drop as select t.* from audit_interno.trocar_nomes(v_quem) t;
    -- one salt serves who and why of an operation and of all its facts: where one of them changed, all get another
    update pg_temp.conferente_antes a set mudou = true
    from (
      select distinct x.operacao_id, x.detalhe
      from pg_temp.conferente_antes x
      join audit_interno.partes_pessoais() p on p.operacao_id = x.operacao_id and p.parte = x.parte and p.fato_id = x.fato_id
      where p.agora <> x.agora
    ) as m
    where m.operacao_id = a.operacao_id and m.detalhe = a.detalhe;
    update audit_interno.sais s
    set autoria = case when m.autoria then uuid_send(gen_random_uuid()) else s.autoria end,
      detalhes = case when m.detalhe then uuid_send(gen_random_uuid()) else s.detalhes end
    from (select a.operacao_id, bool_or(a.detalhe) as detalhe, bool_or(not a.detalhe) as autoria from pg_temp.conferente_antes a where a.mudou group by 1) as m
    where s.operacao_id = m.operacao_id;
    insert into audit_interno.fatos_esquecidos as f (operacao_id, parte, fato_id, esquecimento_id, resumo, agora)
    select a.operacao_id, a.parte, a.fato_id, v_operacao, a.selado, p.agora
    from pg_temp.conferente_antes a
    join audit_interno.partes_pessoais((select array_agg(distinct x.operacao_id) from pg_temp.conferente_antes x where x.mudou)) p
      on p.operacao_id = a.operacao_id and p.parte = a.parte and p.fato_id = a.fato_id
    where a.mudou
    on conflict on constraint fatos_esquecidos_pkey do update set esquecimento_id = excluded.esquecimento_id, resumo = excluded.resumo, agora = excluded.agora;
    get diagnostics v_fatos = row_count;
    perform audit_interno.repetir_estados(v_operacao);
    perform audit_interno.fechar_operacao(v_operacao, v_fatos, detalhes => jsonb_build_object('pseudonimo', v_quem.pseudonimo, 'fatos', v_fatos,
      'lugares', (select jsonb_object_agg(l.lugar, l.linhas) from pg_temp.conferente_lugar l where l.linhas > 0)));
    select jsonb_agg(to_jsonb(l)) into v_lugares from pg_temp.conferente_lugar l;
    if simular then
      raise exception using errcode = 'NC999', message = 'simulação';
    end if;
  exception when sqlstate 'NC999' then
    v_operacao := null; -- everything above is undone; v_lugares says what it was
    v_quem.pseudonimo := null;
  end;
  return query
    select v_operacao, v_quem.pseudonimo, l.lugar, l.linhas, l.em_duvida
    from jsonb_to_recordset(v_lugares) as l (lugar text, linhas bigint, em_duvida bigint)
    order by l.lugar;
end
$$;
comment on function audit.esquecer_pessoa(text, text, boolean) is
  'Forgets somebody who has left: a pseudonym stands wherever one of the person''s names (nome, and those tied to it) or addresses stood, in columns, reasons, details, histories and messages, also those in the archive. All that was sealed stays proven. simular: says what would change and changes nothing. Returns, of each column, how many rows changed, and em_duvida: texts that hold what may be the name, and may be part of somebody else''s. Not touched: what the warehouse holds, and what has left the database. There is no way back. Errors: NC001 no person''s name, or the reason holds the name, NC004 unknown, NC006 reason missing, NC007 oneself, NC045 still in office (registered, a login, a token, something that waits for the person or for a second approval, a setting) or a broken trail, 25001 not read committed, 55P03 the tables are in use.';
grant execute on function audit.esquecer_pessoa(text, text, boolean) to conferente_administrador;
