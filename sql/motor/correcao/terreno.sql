-- Where the rows of a relation are stored: the table from which a view takes the key, through other views, with its partitions. If a view
-- computes the key, or takes it from several tables, everything below it counts. PostgreSQL's parser records this table for each column of a
-- view. Reads only the catalogue.
create or replace function audit_interno.onde_se_grava(relacao regclass, coluna_chave text)
returns setof oid
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive origem (id, coluna) as (
    select relacao::oid, coluna_chave collate "C"
    union
    select m.tabela, (select a.attname::text from pg_attribute a where a.attrelid = m.tabela and a.attnum = m.coluna)
    from origem o
    join pg_rewrite w on w.ev_class = o.id and w.ev_type = '1'
    cross join lateral (
      select case when count(distinct x.par) = 1 then nullif(min(x.par[1]), '0')::oid end as tabela, min(x.par[2])::smallint as coluna
      from regexp_matches(w.ev_action::text, format(':resname %s :ressortgroupref [0-9]+ :resorigtbl ([0-9]+) :resorigcol ([0-9]+)', o.coluna), 'g') as x (par)
    ) as m
  )
  select audit_interno.relacoes_abaixo(case when count(*) = count(o.id) then (
    array_agg(o.id) filter (where c.relkind <> 'v'))[1]::regclass else relacao end)
  from origem o left join pg_class c on c.oid = o.id
$$;
comment on function audit_interno.onde_se_grava(regclass, text) is 'The tables in which the rows of a relation lie.';

-- Why a correction to a relation, or to what lies below it, would end half done, undone or impossible: foreign tables, a copy that a
-- subscription fills, columnar storage, a view over distributed tables, nodes that count other days, a standby. erro: no correction is written there. aviso: it works, but
-- there is something to know; this is also what a dimension gets that a view only looks up. Reads only the catalogue. Called before anything
-- is corrected, and by audit.diagnosticar_contrato.
create or replace function audit_interno.terreno(relacao regclass, coluna_chave text)
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_abaixo oid[] := array(select audit_interno.relacoes_abaixo(relacao));
  v_linhas oid[] := array(select audit_interno.onde_se_grava(relacao, coluna_chave));
  v_distribuidas text;
begin
  return query
    select 'servidor', 'erro', 'é uma réplica, que só aceita leitura', 'Rode o Conferente no servidor principal.'
    where pg_is_in_recovery();
  return query
    select 'tabelas externas', case when count(distinct s.oid) filter (where t.ftrelid = any (v_linhas)) > 1 then 'erro' else 'aviso' end,
      format('%s em %s', string_agg(t.ftrelid::regclass::text, ', ' order by t.ftrelid::regclass::text), string_agg(distinct s.srvname, ', ')),
      case when count(distinct s.oid) filter (where t.ftrelid = any (v_linhas)) > 1 then 'Dois servidores não confirmam juntos, e uma correção poderia ficar pela metade. Traga as linhas para um só, ou use --modo manual e corrija na origem.'
        else 'O outro servidor confirma antes deste: se este cair no meio, a linha muda sem registro na auditoria. Prefira uma tabela local.' end
    from pg_foreign_table t join pg_foreign_server s on s.oid = t.ftserver
    where t.ftrelid = any (v_abaixo)
    having count(*) > 0;
  return query
    select 'replicação lógica', case when bool_or(r.srrelid = any (v_linhas)) then 'erro' else 'aviso' end,
      format('%s vem de outro servidor, pela assinatura %s', string_agg(distinct r.srrelid::regclass::text, ', '), string_agg(distinct s.subname, ', ')),
      'O que se corrigisse na cópia a origem desfaria. Rode o Conferente na origem, ou use --modo manual e corrija lá.'
    from pg_subscription_rel r join pg_subscription s on s.oid = r.srsubid
    where r.srrelid = any (v_abaixo)
    having count(*) > 0;
  return query
    select 'armazenamento', case when a.amname = 'columnar' and bool_or(c.oid = any (v_linhas)) then 'erro' else 'aviso' end,
      format('%s: %s', a.amname, string_agg(c.oid::regclass::text, ', ' order by c.oid::regclass::text)),
      case when a.amname = 'columnar' then 'Linhas em formato colunar não podem ser alteradas, e uma só partição assim impede a correção de qualquer outra. Passe-a para heap (select alter_table_set_access_method), ponha-a fora da tabela que o contrato lê, ou use --modo manual.'
        else 'O Conferente só foi testado com heap.' end
    from pg_class c join pg_am a on a.oid = c.relam
    where c.oid = any (v_abaixo) and c.relkind = 'r' and a.amname <> 'heap'
    group by a.amname;
  if to_regclass('pg_catalog.pg_dist_partition') is not null and exists (
    select from pg_class c where c.oid = relacao and c.relkind = 'v')
  then
    execute 'select string_agg(p.logicalrelid::regclass::text, '', '') from pg_catalog.pg_dist_partition p where p.logicalrelid = any ($1)'
    into v_distribuidas using v_abaixo;
    return query
      select 'visão sobre tabela distribuída', 'erro', v_distribuidas,
        'O Citus não grava através de uma visão. Dê à própria tabela as colunas do contrato, ou use --modo manual.'
      where v_distribuidas is not null;
  end if;
  return query select * from audit_interno.terreno_nos(relacao);
end
$$;
comment on function audit_interno.terreno(regclass, text) is
  'Why corrections to a relation would be half done, undone or impossible: rows like those of audit.diagnosticar_contrato, none if all is well.';

-- Why nothing may be corrected in a relation, in one sentence, or null. Called before a batch of corrections, by auto and by people.
create or replace function audit_interno.terreno_recusa(relacao regclass, coluna_chave text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(format('%s (%s). %s', t.item, t.detalhe, t.sugestao), ' ')
  from audit_interno.terreno(relacao, coluna_chave) t where t.situacao = 'erro'
$$;
comment on function audit_interno.terreno_recusa(regclass, text) is 'Why no correction may be written to a relation, or null.';
