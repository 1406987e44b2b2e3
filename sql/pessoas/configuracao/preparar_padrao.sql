-- Folds a pattern, and refuses to have one active that cannot be used, whoever writes it and however.
create or replace function audit_interno.preparar_padrao()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_demora text;
begin
  new.padrao_dobrado := case when new.tipo = 'regex'
    -- folding must not turn a class such as \S or \D into another
    then regexp_replace(translate(normalize(new.padrao, nfc),
      'áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ', 'aaaaaeeeeiiiiooooouuuucnAAAAAEEEEIIIIOOOOOUUUUCN'), '^(\(\?[a-z]+\))?', '(?i)')
    else btrim(regexp_replace(audit_interno.dobrar(new.padrao), '\s+', ' ', 'g')) end;
  if not new.ativo then
    return new; -- what was saved before it was known to be unusable can be switched off, and not on again
  end if;
  if btrim(new.padrao) = '' or new.padrao_dobrado = '' then
    raise exception using errcode = 'NC014', message = 'padrão vazio', hint = 'Um padrão vazio alcançaria tudo.';
  end if;
  if length(new.padrao) > 500 then
    raise exception using errcode = 'NC014', message = 'padrão longo demais', detail = format('%s caracteres; o máximo é 500', length(new.padrao));
  end if;
  if new.tipo = 'regex' then
    begin
      if '' ~ new.padrao_dobrado then
        raise exception using errcode = 'NC014', message = format('a expressão %s alcança o texto vazio, e assim tudo', new.padrao);
      end if;
      -- as regra_trade_marketing.detectar uses it, one alternative among others
      perform '' ~ format('(?:%s)', regra_trade_marketing.sem_acentos(new.padrao));
    exception when invalid_regular_expression then
      raise exception using errcode = 'NC014', message = format('expressão regular inválida: %s', new.padrao), detail = sqlerrm,
        hint = case when new.padrao ~ '^(\(\?[a-z]|\*\*\*)' then
          'Opções no começo, como (?i), não cabem: maiúsculas e acentos nunca importam.'
          else 'A sintaxe é a das expressões regulares do PostgreSQL.' end;
    end;
    v_demora := audit_interno.demora_expressao(format('(?:%s)', regra_trade_marketing.sem_acentos(new.padrao)));
    if v_demora is not null then
      raise exception using errcode = 'NC014', message = format('a expressão %s demora demais: %s', new.padrao, v_demora),
        hint = 'O que custa caro são referências (\1) e repetições dentro de repetições: escreva-a sem elas.';
    end if;
  end if;
  return new;
end
$$;
comment on function audit_interno.preparar_padrao() is 'Keeps padrao_dobrado and refuses an unusable pattern with NC014.';

create or replace trigger preparar before insert or update on audit.padroes_trade_marketing
  for each row execute function audit_interno.preparar_padrao();
