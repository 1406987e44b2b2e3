-- What trade_marketing lacks before it can look for anything, in a sentence that says what to set, or null: the marketing category
-- is not set, the ledger has no such category, or there is no pattern. A category that nobody ever booked is most likely another's
-- label. Reads the settings, the patterns and dw.lancamentos; changes nothing. Called by the engine when a session begins.
create or replace function regras.requisitos_trade_marketing() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_categoria text := nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '');
  v_proximos text;
begin
  if v_categoria is null then
    v_proximos := regras.frase_rotulos(array['trade marketing', 'marketing']);
    return concat_ws(' ', 'Falta dizer qual é a categoria de trade marketing deste livro.', v_proximos,
      'Diga com: conferente configurar trade_marketing.categoria "Nome da categoria" --motivo "nosso plano de contas".');
  end if;
  if not exists (
    select from audit.padroes_trade_marketing p
    where p.ativo and p.acao = 'incluir' and btrim(p.padrao, E' \t\r\n') <> '')
  then
    return 'Não há nenhum padrão de trade marketing ativo. Acrescente com: '
      || 'select audit.salvar_padrao(''descricao'', ''contem'', ''verba cooperada'', ''incluir'', ''frase das notas das agências'').';
  end if;
  if not regras.rotulo_existe(array[v_categoria]) then
    return concat_ws(' ', format('Nenhum lançamento está na categoria "%s" (trade_marketing.categoria).', v_categoria),
      coalesce(regras.frase_rotulos(array[v_categoria]), 'Nenhuma categoria do livro se parece com ela.'),
      'Mude com: conferente configurar trade_marketing.categoria "Nome da categoria" --motivo "nosso plano de contas".');
  end if;
  return null;
end
$$;

comment on function regras.requisitos_trade_marketing() is 'What trade_marketing lacks before it can run, with what to set, or null.';
revoke execute on function regras.requisitos_trade_marketing() from public;
