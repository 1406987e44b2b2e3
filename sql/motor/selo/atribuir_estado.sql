-- Deferred constraint trigger on audit_interno.estados. A change made before its operation was opened belongs to that operation. A change
-- without any gets one of the kind registro, which says how many rows of which tables. That one is opened first and ended last, because its
-- digest is taken at its end if somebody has said "set constraints all immediate".
create or replace function audit_interno.atribuir_estado()
returns trigger
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operacao bigint;
  v_tabelas jsonb;
  v_linhas bigint;
begin
  if not exists (select from audit_interno.estados e where e.id = new.id and e.operacao_id is null) then
    return null;
  end if;
  v_operacao := audit_interno.operacao_em_curso();
  if v_operacao is not null then
    update audit_interno.estados e set operacao_id = v_operacao where e.id = new.id;
    return null;
  end if;
  insert into audit.operacoes (tipo, ator) values ('registro', audit_interno.ator()) returning id into v_operacao;
  perform set_config('conferente.operacao', v_operacao::text, true);
  with desta as (
    -- age: only those of this transaction
    update audit_interno.estados e set operacao_id = v_operacao where e.operacao_id is null and age(e.xmin) <= 0
    returning e.tabela, cardinality(e.chaves) as linhas
  )
  select jsonb_object_agg(x.tabela, x.linhas), sum(x.linhas) into v_tabelas, v_linhas
  from (select d.tabela, sum(d.linhas) as linhas from desta d group by d.tabela) as x;
  perform audit_interno.fechar_operacao(v_operacao, v_linhas, detalhes => jsonb_build_object('tabelas', v_tabelas));
  return null;
end
$$;
comment on function audit_interno.atribuir_estado() is 'Gives changes that belong to no operation one of their own.';

create or replace trigger proteger before update or delete on audit_interno.estados
  for each row execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_truncate before truncate on audit_interno.estados
  for each statement execute function audit_interno.recusar_mudanca();
do $$
begin
  if not exists (select from pg_catalog.pg_trigger where tgname = 'atribuir' and tgrelid = 'audit_interno.estados'::regclass) then
    create constraint trigger atribuir after insert on audit_interno.estados
      deferrable initially deferred for each row when (new.operacao_id is null) execute function audit_interno.atribuir_estado();
  end if;
end
$$;
