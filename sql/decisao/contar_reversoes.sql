-- What a rollback says of the rules: an automatic correction that a person takes back counts against its rule, and no more
-- once the rollback is itself undone; a person's approval that is taken back counts no longer. Reads
-- pg_temp.conferente_revertida as audit_interno.reverter_lote, its caller, leaves it.
create or replace function audit_interno.contar_reversoes()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aprovadas bigint[];
begin
  perform from audit.regras r
  where r.nome in (select l.regra from pg_temp.conferente_revertida l) order by r.nome for no key update;

  with feita as (
    select l.divergencia_id, l.regra, o.id, o.tipo, o.iniciada_em
    from pg_temp.conferente_revertida l join audit.operacoes o on o.id = l.operacao_id
  ), automatica as (
    select f.regra, 1 as quantas, f.iniciada_em from feita f where f.tipo = 'correcao'
    union all
    -- the rollback of a rollback, or of that in turn: what the first one had taken back, and which way it stands now
    select f.regra, case when d.status = 'revertida' then 1 else -1 end, o.iniciada_em
    from feita f
    join audit.divergencias_processadas d on d.id = f.divergencia_id
    join audit.operacoes o on o.tipo = 'correcao' and o.id = (
      select max(a.operacao_id) from audit.alteracoes a
      where a.divergencia_id = f.divergencia_id and a.operacao_id < f.id and a.reverte_operacao_id is null)
    where f.tipo = 'reversao'
  )
  update audit.regras r
  set automaticas_revertidas = greatest(0, r.automaticas_revertidas + x.quantas)
  from (
    select a.regra, sum(a.quantas) as quantas
    from automatica a join audit.regras g on g.nome = a.regra and a.iniciada_em >= g.contagem_desde
    group by a.regra
  ) x
  where r.nome = x.regra;

  select array_agg(v.divergencia_id) into v_aprovadas
  from pg_temp.conferente_revertida l join audit_interno.vereditos v on v.divergencia_id = l.divergencia_id
  where v.certo;
  if v_aprovadas is not null then
    perform audit_interno.contar_decisoes(v_aprovadas, null);
  end if;
  perform audit_interno.conferir_automatica(x.regra)
  from (select distinct l.regra from pg_temp.conferente_revertida l order by l.regra) x;
end
$$;
comment on function audit_interno.contar_reversoes() is 'Counts rolled back automatic corrections against their rules, and takes back approvals that were rolled back.';
