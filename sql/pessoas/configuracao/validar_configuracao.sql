-- Checks a setting against its type and range, however it is written.
create or replace function audit_interno.validar_configuracao()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_tipo_json text := jsonb_typeof(new.valor);
  v_texto text := new.valor #>> '{}';
  v_medida numeric;
  v_par numeric;
  v_valido boolean;
  v_permitido text;
  v_estranhos text := case when new.tipo = 'enderecos' then audit_interno.enderecos_invalidos(new.valor) end;
begin
  if tg_op = 'UPDATE' and new.chave <> old.chave then
    raise exception using errcode = 'NC008', message = format('a configuração %s não pode mudar de nome', old.chave);
  end if;
  -- a setting that ships unset may be unset again: by null, or an empty text
  if new.padrao = 'null' and (new.valor = 'null' or new.tipo = 'texto' and v_tipo_json = 'string' and btrim(v_texto) = '') then
    new.valor := 'null';
    return new;
  end if;
  v_valido := coalesce(case new.tipo
    when 'texto' then v_tipo_json = 'string' and btrim(v_texto) <> '' and length(v_texto) <= 500
    when 'inteiro' then v_tipo_json = 'number' and case when v_tipo_json = 'number' then v_texto::numeric = trunc(v_texto::numeric) end
    when 'numero' then v_tipo_json = 'number'
    when 'booleano' then v_tipo_json = 'boolean'
    when 'textos' then v_tipo_json = 'array'
      and not jsonb_path_exists(new.valor, 'strict $[*] ? (@.type() != "string" || @ like_regex "^\\s*$")')
    when 'motivos' then v_tipo_json = 'array' and not exists (
      select from jsonb_array_elements(case v_tipo_json when 'array' then new.valor else '[]' end) as m
      where case when jsonb_typeof(m) <> 'object' then true
        else m - '{ato,texto}'::text[] <> '{}' or coalesce(m ->> 'ato', '') not in ('rejeitar', 'adiar')
          or jsonb_typeof(m -> 'texto') is distinct from 'string' or btrim(m ->> 'texto') = '' or length(m ->> 'texto') > 100 end)
    when 'intervalo' then v_tipo_json = 'string'
    when 'hora' then v_tipo_json = 'string' and v_texto ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    when 'data' then v_tipo_json = 'string' and v_texto ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
    when 'cron' then v_tipo_json = 'string' and audit_interno.cron_valido(v_texto)
    when 'fuso' then v_tipo_json = 'string' and audit_interno.fuso_valido(v_texto)
    when 'endereco' then v_tipo_json = 'string' and audit_interno.remetente_valido(v_texto)
    when 'enderecos' then v_tipo_json = 'array' and v_estranhos is null
    when 'url' then v_tipo_json = 'string' and length(v_texto) <= 500 and v_texto ~ '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$'
  end, false);
  if v_valido and new.tipo = 'intervalo' then
    begin
      v_medida := extract(epoch from v_texto::interval);
    exception when invalid_datetime_format or datetime_field_overflow or interval_field_overflow then
      v_valido := false;
    end;
  elsif v_valido and new.tipo = 'data' then
    begin
      perform v_texto::date;
    exception when datetime_field_overflow or invalid_datetime_format then
      v_valido := false;
    end;
  elsif v_valido and new.tipo in ('inteiro', 'numero') then
    v_medida := v_texto::numeric;
    if new.tipo = 'inteiro' then
      new.valor := to_jsonb(trunc(v_medida)); -- 10.0 becomes 10, for readers that expect an integer
    end if;
  elsif v_valido and new.tipo in ('textos', 'motivos', 'enderecos') then
    v_medida := jsonb_array_length(new.valor);
  end if;
  v_permitido := concat_ws('; ',
    case new.tipo
      when 'texto' then 'um texto de 1 a 500 caracteres'
      when 'inteiro' then 'um número inteiro'
      when 'numero' then 'um número'
      when 'booleano' then 'true ou false'
      when 'textos' then 'uma lista de textos, como ["A", "B"]'
      when 'motivos' then 'uma lista como [{"ato": "rejeitar", "texto": "está certo"}], com ato rejeitar ou adiar e texto de 1 a 100 caracteres'
      when 'intervalo' then 'um intervalo, como "02:00:00" ou "3 days"'
      when 'hora' then 'uma hora, como "07:00"'
      when 'data' then 'um dia, como "2026-11-01"'
      when 'cron' then 'minuto, hora, dia do mês, mês e dia da semana em números, como "0 7 * * 1-5"'
      when 'fuso' then 'um fuso horário IANA, como "America/Sao_Paulo"'
      when 'endereco' then 'um endereço de e-mail, como "Conferente <conferente@empresa.com.br>"'
      when 'enderecos' then 'uma lista de endereços de e-mail sem repetição, como ["maria@empresa.com.br"]'
      when 'url' then 'um endereço http ou https, como "https://conferente.empresa.com.br"'
    end,
    'de ' || new.minimo || ' a ' || new.maximo || case new.tipo
      when 'intervalo' then ' segundos' when 'textos' then ' elementos' when 'motivos' then ' elementos' when 'enderecos' then ' elementos' else '' end,
    'um destes: ' || new.permitidos::text,
    case when new.padrao = 'null' then 'ou null, sem valor' end);
  if not v_valido then
    raise exception using errcode = 'NC009', message = format('valor inválido para %s: %s', new.chave, new.valor),
      detail = coalesce(v_estranhos, format('tipo %s', new.tipo)), hint = format('Permitido: %s.', v_permitido);
  end if;
  if v_medida < new.minimo or v_medida > new.maximo or not coalesce(new.permitidos @> new.valor, true) then
    raise exception using errcode = 'NC009', message = format('valor fora do permitido para %s: %s', new.chave, new.valor),
      hint = format('Permitido: %s.', v_permitido);
  end if;
  if new.chave in ('valores.cambio_minimo', 'valores.cambio_maximo') then
    select (c.valor #>> '{}')::numeric into v_par
    from audit.configuracoes_sistema c
    where c.chave in ('valores.cambio_minimo', 'valores.cambio_maximo') and c.chave <> new.chave
    for share; -- the other end may be changing right now
    if (case new.chave when 'valores.cambio_minimo' then v_medida > v_par else v_medida < v_par end) then
      raise exception using errcode = 'NC009', message = format('valor fora do permitido para %s: %s', new.chave, new.valor),
        detail = 'o câmbio mínimo não pode passar do máximo',
        hint = format('Permitido: %s; %s %s.', v_permitido,
          case new.chave when 'valores.cambio_minimo' then 'no máximo' else 'no mínimo' end, v_par);
    end if;
  end if;
  return new;
end
$$;
comment on function audit_interno.validar_configuracao() is 'Refuses a setting of the wrong type or out of range with NC009.';

create or replace trigger validar before insert or update on audit.configuracoes_sistema
  for each row execute function audit_interno.validar_configuracao();
