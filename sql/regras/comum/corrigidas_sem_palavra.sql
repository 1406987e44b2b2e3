-- Keys of the entries whose category we corrected and nobody confirmed. Nothing is learned from them, or the rule would take its own word
-- for the truth. Null when there are none. Reads the audit tables. Called where history is counted and used.
create or replace function regras.corrigidas_sem_palavra() returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(distinct d.registro_id)
  from audit.divergencias_processadas d
  where d.tabela = 'dw.lancamentos' and d.status = 'corrigida' and d.valores_propostos ? 'categoria'
    and not exists (
      select 1 from audit.decisoes p
      where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual'))
$$;

comment on function regras.corrigidas_sem_palavra() is 'Keys of entries whose category we corrected without a person''s answer.';
revoke execute on function regras.corrigidas_sem_palavra() from public;
