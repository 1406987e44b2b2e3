-- Takes an exception back; the next session finds the row again.
create or replace function audit.revogar_excecao(id bigint, motivo text)
returns audit.excecoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(revogar_excecao.motivo);
  v_excecao audit.excecoes;
  v_operacao bigint;
begin
  select * into v_excecao from audit.excecoes e where e.id = revogar_excecao.id for update;
  if not found then
    raise exception using errcode = 'NC004', message = format('exceção desconhecida: %s', coalesce(revogar_excecao.id::text, 'nula'));
  end if;
  if v_excecao.revogada_em is not null then
    raise exception using errcode = 'NC005', message = format('a exceção %s já foi revogada', v_excecao.id);
  end if;
  update audit.excecoes e set revogada_em = clock_timestamp(), revogada_por = audit_interno.ator()
  where e.id = v_excecao.id
  returning * into v_excecao;
  -- silenced findings of the row come back as soon as the rule sees it again
  update audit.divergencias_processadas d
  set status = 'aberta', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = audit_interno.ator()
  where d.id in (select c.divergencia_id from audit.decisoes c where c.operacao_id = v_excecao.operacao_id) and d.status = 'rejeitada';
  v_operacao := audit_interno.abrir_operacao('excecao', regra => v_excecao.regra, motivo => v_motivo,
    detalhes => jsonb_build_object('revogada', v_excecao.id));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_excecao;
end
$$;
comment on function audit.revogar_excecao(bigint, text) is
  'Revokes an exception and returns it. Errors: NC004 unknown, NC005 already revoked, NC006 reason missing.';
grant execute on function audit.revogar_excecao(bigint, text) to conferente_revisor;
