-- Enters the time and the code hash of one piece of a rule's detection into the rule's row. It comes last in the piece, because it locks
-- that row. Called by detectar_regra, detectar_parte and juntar_regra.
create or replace function audit_interno.anotar_execucao(
  sessao_id bigint, regra audit.regras, hash_regra text, inicio timestamptz, completa boolean
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_antes audit.execucoes_regra;
begin
  select * into strict v_antes
  from audit.execucoes_regra e
  where e.sessao_id = anotar_execucao.sessao_id and e.regra = anotar_execucao.regra.nome
  for no key update;
  if v_antes.status <> 'pendente' then
    raise exception using errcode = 'NC016', message = format('a regra %s não está mais em andamento na sessão %s', regra.nome, sessao_id),
      detail = format('status %s', v_antes.status);
  end if;
  if v_antes.hash_funcao <> anotar_execucao.hash_regra then
    raise exception using errcode = 'NC012', message = format('o código da regra %s mudou enquanto a sessão a usava', regra.nome);
  end if;
  if completa then
    perform audit_interno.conferir_codigo(anotar_execucao.sessao_id, regra.nome, anotar_execucao.hash_regra);
    perform audit_interno.conferir_automatica(regra.nome, anotar_execucao.sessao_id);
  end if;
  update audit.execucoes_regra e
  set status = case when not completa then 'pendente' when s.modo = 'auto' and r.automatica then 'detectada' else 'concluida' end,
    inicio = least(e.inicio, anotar_execucao.inicio), fim = case when completa then clock_timestamp() end,
    duracao = coalesce(e.duracao, '0') + (clock_timestamp() - anotar_execucao.inicio), hash_funcao = anotar_execucao.hash_regra
  from audit.sessoes_processamento s, audit.regras r
  where e.sessao_id = anotar_execucao.sessao_id and e.regra = anotar_execucao.regra.nome and s.id = e.sessao_id and r.nome = e.regra;
end
$$;
comment on function audit_interno.anotar_execucao(bigint, audit.regras, text, timestamptz, boolean) is
  'Records part of a rule''s detection; completa: it was the last part. Then the rule loses auto if its code is not the one that auto was given to, or if it has neither proof nor grant. NC016 when the rule or its session ended meanwhile, NC012 when the rule''s code has changed since the first part.';
