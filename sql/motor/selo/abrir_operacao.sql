-- Opens an audited operation for the engine. Users come through audit.registrar_operacao.
create or replace function audit_interno.abrir_operacao(
  tipo text, sessao_id bigint default null, regra text default null, motivo text default null, detalhes jsonb default '{}'
)
returns bigint
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.recusar_de_dentro();
  select audit_interno.abrir_meses();
  with nova as (
    insert into audit.operacoes (tipo, sessao_id, regra, ator, motivo, detalhes)
    values (abrir_operacao.tipo, abrir_operacao.sessao_id, abrir_operacao.regra, audit_interno.ator(),
      abrir_operacao.motivo, abrir_operacao.detalhes)
    returning id
  )
  select set_config('conferente.operacao', n.id::text, true)::bigint from nova n -- changes in this transaction become this operation's facts
$$;
comment on function audit_interno.abrir_operacao(text, bigint, text, text, jsonb) is 'Id of the new operation, em_andamento.';
