-- What a rollback says about the rules. Only corrections that the person calls wrong count: automatic ones against all automatic
-- corrections, approved ones as a decision against the proposal. A rollback for another reason merely stops counting the approval. A
-- rollback that is itself rolled back leaves no trace: what it counted or took away is restored. Reads pg_temp.conferente_revertida as its
-- caller, audit_interno.reverter_lote, leaves it.
create or replace function audit_interno.contar_reversoes(erradas boolean default false)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
begin
  perform from audit.regras r
  where r.nome in (select l.regra from pg_temp.conferente_revertida l) order by r.nome for no key update;

  drop table if exists pg_temp.conferente_palavra;
  create temp table conferente_palavra on commit drop as
  select l.divergencia_id, l.regra, l.operacao_id, d.status = 'revertida' as tirada, d.valores_digitados is not null as digitada,
    c.tipo = 'correcao' as automatica, c.sessao_id as corrigida_na
  from pg_temp.conferente_revertida l
  join audit.divergencias_processadas d on d.id = l.divergencia_id
  join audit.operacoes o on o.id = l.operacao_id
  -- for the rollback of a rollback, or of that in turn: the original correction
  join audit.operacoes c on c.id = case when o.tipo <> 'reversao' then o.id else (
    select max(a.operacao_id) from audit.alteracoes a
    where a.divergencia_id = l.divergencia_id and a.operacao_id < o.id and a.reverte_operacao_id is null) end;

  delete from audit_interno.automaticas_erradas e using pg_temp.conferente_palavra p where e.divergencia_id = p.divergencia_id;
  insert into audit_interno.automaticas_erradas (divergencia_id, regra, hash_regra, confianca, sessao_id, fornecedor, ordem)
  select d.id, d.regra, e.hash_funcao, d.confianca, e.sessao_id, coalesce(regras.raiz_fornecedor(d.entrada ->> 'fornecedor_id'), d.entrada ->> 'fornecedor'),
    (select max(c.id) from audit.decisoes c where c.divergencia_id = d.id)
  from pg_temp.conferente_palavra p
  join audit.divergencias_processadas d on d.id = p.divergencia_id
  join audit.execucoes_regra e on e.sessao_id = p.corrigida_na and e.regra = d.regra
  where p.tirada and p.automatica and contar_reversoes.erradas;

  if exists (select from pg_temp.conferente_palavra p where not p.automatica and not p.digitada) then
    perform audit_interno.contar_decisoes(array_agg(p.divergencia_id),
      case when not p.tirada then true when contar_reversoes.erradas then false end)
    from pg_temp.conferente_palavra p where not p.automatica and not p.digitada
    group by p.tirada;
  end if;
  perform audit_interno.devolver_automatica(x.operacao_id)
  from (select distinct p.operacao_id from pg_temp.conferente_palavra p where not p.tirada order by 1) x;
  perform audit_interno.conferir_automatica(x.regra)
  from (select distinct l.regra from pg_temp.conferente_revertida l order by l.regra) x;
end
$$;
comment on function audit_interno.contar_reversoes(boolean) is 'Counts corrections rolled back as wrong against their rules, and undoes that count when the rollback itself is rolled back.';
