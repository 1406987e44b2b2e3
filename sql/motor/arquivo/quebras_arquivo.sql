-- Compares what replaces archived facts with the operations that archived them, and detached months that are still here with that. Whether
-- the sealed digests of the operations follow from it is checked with the chain. With desde (a link), only operations after it count, and
-- detached months are not read. Changes nothing. Called by verificar_integridade and verificar_desde.
create or replace function audit_interno.quebras_arquivo(desde bigint default null)
returns setof audit_interno.quebra
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_destacada record;
begin
  return query
    select 'arquivo_alterado', o.elo, coalesce(o.id, f.arquivamento_id), format('audit_interno.fatos_arquivados, da operação %s', coalesce(o.id, f.arquivamento_id)),
      coalesce(o.detalhes ->> 'resumo', 'nenhum arquivamento'), coalesce(r.resumo, 'nenhum fato arquivado')
    from (select x.* from audit.operacoes x where x.tipo = 'arquivamento') as o
    full join (
      select distinct a.arquivamento_id
      from audit_interno.fatos_arquivados a join audit.operacoes p on p.id = a.operacao_id
      where quebras_arquivo.desde is null or p.elo > quebras_arquivo.desde
    ) as f on f.arquivamento_id = o.id
    left join lateral (select audit_interno.resumo_arquivamento(coalesce(o.id, f.arquivamento_id)) as resumo) as r on true
    where (f.arquivamento_id is not null or quebras_arquivo.desde is null or o.elo > quebras_arquivo.desde)
      and o.detalhes ->> 'resumo' is distinct from r.resumo;
  return query
    select 'arquivo_alterado', o.elo, o.id, format('audit.operacoes %s: arquivo_selo', o.id), o.detalhes ->> 'arquivo_selo',
      coalesce(encode(p.selo, 'hex'), 'nenhuma operação com este elo')
    from audit.operacoes o
    left join audit.operacoes p on p.elo = (o.detalhes ->> 'arquivo_elo')::bigint
    where o.tipo = 'arquivamento' and (quebras_arquivo.desde is null or o.elo > quebras_arquivo.desde)
      and o.detalhes ->> 'arquivo_selo' is distinct from encode(p.selo, 'hex');
  if quebras_arquivo.desde is not null then
    return;
  end if;
  for v_destacada in -- a turn for each table that is left
    select t.nome, c.oid::regclass as tabela, to_date(right(c.relname, 7), 'YYYY_MM') as mes
    from pg_class c join audit_interno.mensais() t on c.relname ~ ('^' || t.nome || '_[0-9]{4}_[0-9]{2}$')
    where c.relnamespace = to_regnamespace('audit_arquivo') and c.relkind = 'r'
    order by c.relname
  loop
    return query
      select 'mes_alterado', o.elo, coalesce(f.operacao_id, m.operacao_id), format('%s, da operação %s', v_destacada.tabela, coalesce(f.operacao_id, m.operacao_id)),
        coalesce(encode(f.resumo, 'hex'), 'nenhum fato'), coalesce(encode(m.resumo, 'hex'), 'nenhum fato')
      from audit_interno.resumos_mensais(v_destacada.nome, v_destacada.tabela) m
      full join (
        select x.operacao_id, case v_destacada.nome when 'deteccoes' then x.deteccoes when 'alteracoes' then x.alteracoes when 'correcoes_desfeitas' then x.correcoes_desfeitas
            else x.estados end as resumo
        from audit_interno.fatos_arquivados x
        where x.mes = v_destacada.mes
      ) as f on f.operacao_id = m.operacao_id
      left join audit.operacoes o on o.id = coalesce(f.operacao_id, m.operacao_id)
      where f.resumo is distinct from m.resumo;
  end loop;
end
$$;
comment on function audit_interno.quebras_arquivo(bigint) is 'arquivo_alterado, mes_alterado.';
