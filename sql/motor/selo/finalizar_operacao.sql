-- Closes an operation that audit.registrar_operacao opened. Only its actor may.
create or replace function audit.finalizar_operacao(
  id bigint, status text default 'concluida', linhas bigint default 0, detalhes jsonb default '{}'
)
returns audit.operacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operacao audit.operacoes;
begin
  select * into v_operacao from audit.operacoes o where o.id = finalizar_operacao.id for update;
  if not found or v_operacao.tipo not in ('externa', 'exportacao') then
    raise exception using errcode = 'NC004', message = format('operação desconhecida: %s', coalesce(id::text, 'nula')),
      hint = 'Só operações abertas por audit.registrar_operacao são finalizadas assim.';
  end if;
  if v_operacao.status <> 'em_andamento' then
    raise exception using errcode = 'NC005', message = format('a operação %s já foi finalizada', id),
      detail = format('status %s em %s', v_operacao.status, v_operacao.finalizada_em);
  end if;
  if v_operacao.ator <> audit_interno.ator() then
    raise exception using errcode = 'NC007', message = format('a operação %s é de %s', id, v_operacao.ator),
      hint = 'Só quem abriu a operação pode finalizá-la.';
  end if;
  -- the process that streams an export keeps its key, so the reader, who has the same name, cannot end it with another count
  if v_operacao.detalhes ? 'fecho' and v_operacao.detalhes ->> 'fecho' is distinct from
    encode(sha256(convert_to(finalizar_operacao.detalhes ->> 'chave', 'UTF8')), 'hex')
  then
    raise exception using errcode = 'NC007', message = format('a operação %s é de quem grava o arquivo', id),
      hint = 'Ela termina com a exportação.';
  end if;
  if finalizar_operacao.status is null or finalizar_operacao.status not in ('concluida', 'falhou') then
    raise exception using errcode = 'NC001', message = format('status inválido: %s', coalesce(status, 'nulo')),
      hint = 'Use concluida ou falhou.';
  end if;
  if finalizar_operacao.linhas is null or finalizar_operacao.linhas < 0 then
    raise exception using errcode = 'NC001', message = 'linhas deve ser zero ou mais';
  end if;
  perform audit_interno.fechar_operacao(v_operacao.id, finalizar_operacao.linhas, finalizar_operacao.status,
    audit_interno.exigir_detalhes(finalizar_operacao.detalhes) - 'chave' - 'fecho');
  select * into v_operacao from audit.operacoes o where o.id = finalizar_operacao.id;
  return v_operacao;
end
$$;
comment on function audit.finalizar_operacao(bigint, text, bigint, jsonb) is
  'Ends an operation opened by audit.registrar_operacao: status concluida or falhou, rows concerned, further facts. Errors: NC001 bad argument, NC004 unknown, NC005 already ended, NC007 somebody else''s, or of an export that is still being written: detalhes.chave must be the value whose SHA-256 is detalhes.fecho.';
grant execute on function audit.finalizar_operacao(bigint, text, bigint, jsonb) to conferente_revisor, conferente_operador, conferente_administrador;
