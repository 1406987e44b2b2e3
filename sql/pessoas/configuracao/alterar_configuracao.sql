-- Changes one setting, as an audited operation with before and after. A label that no entry has is accepted, because the ledger may be
-- about to be loaded, with a warning that names the most similar ones. Another marketing category is refused while the patterns disagree
-- with it too often, unless a person says that it was checked.
create or replace function audit.alterar_configuracao(chave text, valor jsonb, motivo text, conferido boolean default false)
returns audit.configuracoes_sistema
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_antes audit.configuracoes_sistema;
  v_depois audit.configuracoes_sistema;
  v_operacao bigint;
  v_estranhos text;
  v_alcance jsonb;
begin
  perform audit_interno.exigir_motivo(alterar_configuracao.motivo);
  select * into v_antes from audit.configuracoes_sistema c where c.chave = alterar_configuracao.chave for update;
  if not found then
    raise exception using errcode = 'NC008',
      message = format('configuração desconhecida: %s', coalesce(alterar_configuracao.chave, 'nula')),
      hint = 'Existem: ' || (select string_agg(c.chave, ', ' order by c.chave) from audit.configuracoes_sistema c) || '.';
  end if;
  if alterar_configuracao.valor is null then
    raise exception using errcode = 'NC009', message = format('valor nulo para %s', chave),
      hint = format('Para voltar ao padrão, use %s.', v_antes.padrao);
  end if;
  update audit.configuracoes_sistema c
  set valor = alterar_configuracao.valor, alterada_em = clock_timestamp(), alterada_por = audit_interno.ator()
  where c.chave = alterar_configuracao.chave
  returning * into v_depois;
  v_estranhos := audit.configuracao_aviso(v_depois);
  -- with a category that no entry has the rule finds nothing
  if v_depois.chave = 'trade_marketing.categoria' and v_depois.valor <> v_antes.valor and v_estranhos is null then
    v_alcance := audit_interno.conferir_categoria(alterar_configuracao.conferido);
  end if;
  v_operacao := audit_interno.abrir_operacao('configuracao', motivo => btrim(alterar_configuracao.motivo),
    detalhes => jsonb_build_object('chave', v_antes.chave, 'antes', v_antes.valor, 'depois', v_depois.valor)
      || coalesce(jsonb_build_object('alcance', v_alcance), '{}'));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  if v_estranhos is not null then
    raise warning using errcode = 'NC031', message = v_estranhos,
      hint = 'A configuração foi gravada assim; confira se está escrita como nos lançamentos.';
  end if;
  return v_depois;
end
$$;
comment on function audit.alterar_configuracao(text, jsonb, text, boolean) is
  'Changes a setting. valor is JSON of the setting''s type: 10000, 0.05, true, "texto", ["a","b"], "02:00:00". Returns the setting. Errors: NC006 reason missing, NC008 unknown setting (the error lists all names), NC009 wrong type or out of range (the error says what is allowed), NC027 a different trade_marketing.categoria while active patterns match too much that is booked elsewhere, unless conferido is true. Warning NC031: a category that no entry has, with the most similar ones (audit.configuracao_aviso).';
grant execute on function audit.alterar_configuracao(text, jsonb, text, boolean) to conferente_administrador;
