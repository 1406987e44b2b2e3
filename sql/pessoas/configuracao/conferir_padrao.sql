-- Refuses with NC014 a marketing pattern that cannot be used or would reach everything: empty, too long, an invalid regular expression, one
-- that matches the empty text, or one that takes too long. Touches nothing. Called by everything that saves a pattern (preparar_padrao) and
-- by audit.medir_padrao, which tries an unsaved one.
create or replace function audit_interno.conferir_padrao(tipo text, padrao text, dobrado text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_demora text;
begin
  if btrim(padrao) = '' or dobrado = '' then
    raise exception using errcode = 'NC014', message = 'padrão vazio', hint = 'Um padrão vazio alcançaria tudo.';
  end if;
  if length(padrao) > 500 then
    raise exception using errcode = 'NC014', message = 'padrão longo demais', detail = format('%s caracteres; o máximo é 500', length(padrao));
  end if;
  if tipo = 'regex' then
    begin
      if '' ~ dobrado then
        raise exception using errcode = 'NC014', message = format('a expressão %s alcança até o texto vazio, e portanto tudo', padrao);
      end if;
      -- as regra_trade_marketing.detectar uses it: one alternative among others
      perform '' ~ format('(?:%s)', regra_trade_marketing.sem_acentos(padrao));
    exception when invalid_regular_expression then
      raise exception using errcode = 'NC014', message = format('expressão regular inválida: %s', padrao), detail = sqlerrm,
        hint = case when padrao ~ '^(\(\?[a-z]|\*\*\*)' then
          'Tire as opções do começo, como (?i): maiúsculas e acentos nunca importam.'
          else 'A sintaxe é a das expressões regulares do PostgreSQL.' end;
    end;
    v_demora := audit_interno.demora_expressao(format('(?:%s)', regra_trade_marketing.sem_acentos(padrao)));
    if v_demora is not null then
      raise exception using errcode = 'NC014', message = format('a expressão %s demora demais: %s', padrao, v_demora),
        hint = 'Referências (\1) e repetições dentro de repetições são lentas: escreva-a sem elas.';
    end if;
  end if;
end
$$;
comment on function audit_interno.conferir_padrao(text, text, text) is 'Refuses an unusable marketing pattern with NC014; dobrado as audit_interno.dobrar_padrao gives it.';
