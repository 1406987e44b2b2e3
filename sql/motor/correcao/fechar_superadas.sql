-- After a batch of corrections, closes the other waiting findings on the changed rows that are now moot, and records the rule and the
-- operation responsible. Their rules run again over these rows alone; a finding stays open if its rule does not decide by a changed column
-- or still finds the same. A rule that fails here fails in its own next session, not in this correction. These do not count as fixed
-- elsewhere. Called by audit_interno.corrigir_lote and audit.aprovar_divergencias once the corrected findings have their new status.
create or replace function audit_interno.fechar_superadas(operacao_id bigint)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_regra audit.regras;
  v_chaves text[];
  v_fechadas bigint;
begin
  drop table if exists pg_temp.conferente_superada;
  create temp table conferente_superada on commit drop as
  select o.id, o.regra, o.registro_id, o.tipo, min(o.por) as por
  from (
    select d.id, d.regra, d.registro_id, d.tipo, c.regra as por, a.depois
    from audit.alteracoes a
    cross join lateral ( -- looked up by id, whatever the statistics say about status: it has just changed for many rows
      select x.tabela, x.registro_id, x.regra, x.id, x.status from audit.divergencias_processadas x where x.id = a.divergencia_id offset 0
    ) as c
    cross join lateral (
      -- looked up by the row, as the index divergencias_processadas_vivas is ordered, whatever the statistics say
      select x.id, x.regra, x.tabela, x.registro_id, x.status, x.evidencia ->> 'tipo' as tipo
      from audit.divergencias_processadas x
      where x.registro_id = c.registro_id
        and (audit.aguarda_pessoa(x.status) or x.valores_digitados is not null)
      offset 0
    ) as d
    where a.operacao_id = fechar_superadas.operacao_id and a.reverte_operacao_id is null and c.status = 'corrigida'
      and d.tabela = c.tabela and d.id <> c.id and audit.aguarda_pessoa(d.status)
    offset 0 -- few are left: with the rules joined first, each alteration would be looked up for every rule
  ) as o
  join audit.regras r on r.nome = o.regra and r.colunas && array(select jsonb_object_keys(o.depois))
  group by o.id, o.regra, o.registro_id, o.tipo;
  if not exists (select from pg_temp.conferente_superada) then
    return 0;
  end if;

  for v_regra in -- one turn for each rule with findings on these rows
    select r.* from audit.regras r where r.nome in (select s.regra from pg_temp.conferente_superada s) order by r.nome
  loop
    select array_agg(distinct s.registro_id) into v_chaves from pg_temp.conferente_superada s where s.regra = v_regra.nome;
    begin
      perform audit_interno.levantar_achados(v_regra, row(null, null, null, null, v_chaves)::audit.janela);
    exception when assert_failure or others then
      if audit_interno.falha_de_quem(sqlstate) in ('sessao', 'servidor') then
        raise;
      end if;
      delete from pg_temp.conferente_superada s where s.regra = v_regra.nome;
      continue;
    end;
    delete from pg_temp.conferente_superada s
    using pg_temp.conferente_achado b
    where s.regra = v_regra.nome and b.registro_id = s.registro_id and b.evidencia ->> 'tipo' is not distinct from s.tipo;
  end loop;

  with livre as (
    select d.id from audit.divergencias_processadas d
    where d.id in (select s.id from pg_temp.conferente_superada s) and audit.aguarda_pessoa(d.status)
    order by d.id
    for update skip locked -- a finding that a reviewer is deciding right now is the reviewer's
  )
  update audit.divergencias_processadas d
  set status = 'resolvida', motivo = format('o registro foi corrigido pela regra %s, operação %s', s.por, fechar_superadas.operacao_id),
    decidida_em = clock_timestamp(), decidida_por = 'conferente'
  from livre l join pg_temp.conferente_superada s on s.id = l.id
  where d.id = l.id;
  get diagnostics v_fechadas = row_count;
  return v_fechadas;
end
$$;
comment on function audit_interno.fechar_superadas(bigint) is 'Closes as resolvida what the corrections of this operation made moot; returns how many.';
