-- What a document's text says, whichever clerk wrote it. Each is null where it is not said.
--   numero   the number as two clerks would both write it: without accents and capitals, without its kind, without full stops or blanks
--            between thousands or the ".0" of a spreadsheet, runs of punctuation as one dash, no leading zeros in any part. Null where the
--            text identifies nothing: no digit, only zeros, "s/n".
--   base     the same without the part that it names: barra behind a stroke (123/1), parte in words (345 P2)
--   especie  nf (an electronic invoice of goods or services), cte, rps, nd (a note of debit). Others stand for the invoice.
--   serie    "série 2", "ser. 2", "S2", "única", or up to three digits before three or more: 001-000123
--   ano      2026/123, 123/2026, 123/26, "de 10/2026", the thirteen or fifteen digits of 202600000000123. What may be a year or a number
--            behind a series counts as a year.
--   chave    the access key
--   estorno  it takes another document back, and the number is that document's
-- Touches nothing. Called by regra_validacao_valores.duplicidades for every suspicious entry.
create or replace function regra_validacao_valores.ler_documento(
  documento text, out numero text, out especie text, out serie text, out ano int, out chave text, out estorno boolean,
  out base text, out barra text, out parte text
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chave record;
  v_partes text[];
  v_palavras text;
begin
  estorno := false;
  if octet_length(documento) >= 44 then
    v_chave := regra_validacao_valores.ler_chave(documento);
    if v_chave.chave is not null then
      numero := v_chave.numero;
      base := numero;
      especie := case when v_chave.modelo in ('57', '67') then 'cte' else 'nf' end;
      serie := case when v_chave.modelo <> 'NFS-e' then coalesce(nullif(v_chave.serie, ''), '0') end;
      ano := v_chave.ano;
      chave := v_chave.chave;
      return;
    end if;
  end if;
  -- most are plain, and are spared the rest
  v_partes := regexp_match(documento, '^(?:NF |nf |NF)?0*([1-9][0-9]{0,13})$');
  if v_partes is not null and (length(v_partes[1]) <> 13 or v_partes[1] !~ '^20[0-9]{2}0{3}') then
    numero := v_partes[1];
    base := numero;
    return;
  end if;
  v_partes := regexp_match(documento, '^(?:NF |nf |NF)?0*([1-9][0-9]{2,11}) ?[/_-] ?0{0,2}([1-9])$');
  if v_partes is not null and v_partes[1] !~ '^20[0-9]{2}$' then
    numero := v_partes[1] || '-' || v_partes[2];
    base := v_partes[1];
    barra := v_partes[2];
    return;
  end if;

  numero := btrim(regexp_replace(
    -- what is pasted from a web page may hold signs that nobody sees
    regexp_replace(audit_interno.dobrar(translate(left(documento, 200), chr(173) || chr(8203) || chr(8204) || chr(8205) || chr(8288) || chr(65279), '')),
      '(?<=[0-9])[.](?=[0-9]{3}(?![0-9]))|(?<=[0-9])[.,]0{1,2}(?=[[:space:]'']*$)', '', 'g'),
    '[^a-z0-9]+', '-', 'g'), '-');
  -- blanks between thousands
  if documento ~ ('[0-9][ ' || chr(160) || '][0-9]{3}') then
    v_partes := regexp_match(numero, '^((?:.*[^0-9-]-?)?)([1-9][0-9]{0,2}(?:-[0-9]{3})+)((?:-[^0-9].*)?)$');
    if v_partes is not null and documento ~ ('(?:^|[^0-9./sS-])[1-9][0-9]{0,2}([ ' || chr(160) || '][0-9]{3})+(?![0-9])') then
      numero := v_partes[1] || replace(v_partes[2], '-', '') || v_partes[3];
    end if;
  end if;
  if right(numero, 4) = '-via' or strpos(numero, '-via-') > 0 then -- another copy of the same
    numero := regexp_replace(numero, '^(?:[1-9]a?|segunda|terceira)-via-(?:d[aeo]-)?(?=.*[0-9])|(?<=[0-9])-(?:[1-9]a?|segunda|terceira)-via$', '');
  end if;
  if strpos(numero, '-mod') + strpos(numero, '-cod') + strpos(numero, '-copia') > 0 then -- model, verification code, another copy
    numero := regexp_replace(numero, '(?<=[0-9])-(?:copia|mod(?:elo)?-?(?:1|21|22|55|57|65|67)|cod(?:igo)?-(?:d[ae]-)?verif[a-z]*-.*)$', '');
  end if;
  -- a spreadsheet's, where it has all digits
  v_partes := case when strpos(documento, '+') > 0 then regexp_match(documento, '^[[:space:]]*([1-9])[.,]([0-9]+)[eE][+]0?([0-9]+)[[:space:]]*$') end;
  if length(v_partes[2]) = v_partes[3]::int then
    numero := v_partes[1] || v_partes[2];
  end if;
  if left(numero, 4) = 'n-f-' then -- N.F., N F
    numero := 'nf-' || substr(numero, 5);
  end if;
  if numero ~ '^(?:est|storno|canc|dev|anul|rev|nota-de-cre|nc-)|[0-9]-[a-z]+(?:ad[ao]|id[ao]|no|ao)$' then
    v_partes := coalesce(
      regexp_match(numero,
        '^(?:estorno|storno|estornad[ao]|est|reversao|revertid[ao]|cancelamento|cancelad[ao]|cancel|canc|devolucao|devolvid[ao]|dev|anulacao|anulad[ao])-(?:(?:d[aeo]s?|a|ao|ref|referente|parcial|total)-)*(.*[0-9].*)$'),
      -- a note of credit has a number of its own, unless it says whose it is
      regexp_match(numero, '^(?:nota-de-credito|nc)-(?:(?:d[aeo]s?|a|ao|ref|referente)-)+(.*[0-9].*)$'),
      regexp_match(numero, '^(.*[0-9].*)-(?:estorno|estornad[ao]|reversao|revertid[ao]|cancelad[ao]|devolvid[ao]|anulad[ao])$'));
    if v_partes is not null then
      estorno := true;
      numero := v_partes[1];
    end if;
  end if;
  if strpos(numero, 's') > 0 or right(numero, 1) in ('u', 'a') then
    v_partes := coalesce(
      case when strpos(numero, 'serie') > 0 then regexp_match(numero, '^(|.*-)serie-?(unica|[0-9]{1,3}|[a-z][a-z0-9]?)(?:-(.*))?$') end,
      -- no more digits than fim_documento sees
      regexp_match(numero, '^(|.*-)ser-?(unica|0{0,2}[1-9]|[1-9][0-9]|[a-z][0-9]?)(?:-(.*))?$'),
      regexp_match(numero, '^(.*[0-9](?:.*-)?)s-?(0{0,2}[1-9]|[1-9][0-9]|u)()$'),
      regexp_match(numero, '^(|nf[a-z-]*-|notas?-(?:fiscal-)?|fat(?:ura)?-)s-?(0{0,2}[1-9]|[1-9][0-9])-(.*[0-9].*)$'),
      case when right(numero, 14) <> '-parcela-unica' then regexp_match(numero, '^(.*[0-9].*-)(unica|u)()$') end);
    if concat(v_partes[1], v_partes[3]) ~ '[0-9]' then
      serie := case v_partes[2] when 'unica' then 'u' else coalesce(nullif(ltrim(v_partes[2], '0'), ''), '0') end;
      numero := btrim(concat(v_partes[1], v_partes[3]), '-');
    end if;
  end if;
  especie := case
    when numero ~ '^(?:dacte|ct-?e)(?:-?os)?(?![a-z])' then 'cte'
    when numero ~ '^(?:danfe|nf-?[sc](?:-?e)?|nf-?e)(?![a-z])' then 'nf'
    when numero ~ '^rps(?![a-z])' then 'rps'
    when numero ~ '^(?:nd|notas?-de-debito)(?![a-z])' then 'nd'
  end;
  numero := regexp_replace(regexp_replace(numero,
    '^(?:(?:danfe|danfse|dacte|ctrc|nf3-?e|nf-?com|nf[st]{2}|nf-?[scaf]?-?e?s?|ct-?e(?:-?os)?|os|bp-?e|mdf-?e|gtv-?e|cf-?e|dc-?e|sat|cupom|fiscal|invoice|inv|rps|rpa|nd|debito|guia|gnre|darf|titulos?|tit|duplicatas?|dupl?|dpl|notas?-?fisca(?:l|is)|notas?|eletronica|de|servicos?|conhecimento|transporte|faturas?|fat|ft|recibo|rec|boleto|doc|docto|dcto|documento|serie|numero|num|nro|nr|n-o|no|n)(?:-|(?=[0-9])))*(?![a-z-]*$)|^[a-z0-]*$',
    ''), '(?<![^-])0+(?=[0-9a-z])', '', 'g');

  if strpos(numero, '-') > 0 or length(numero) in (13, 15) then
    v_partes := coalesce(
      regexp_match(numero, '^(20[0-9]{2})-([1-9][0-9]*)$'),
      case when length(numero) in (13, 15) then regexp_match(numero, '^(20[0-9]{2})0{3,}([1-9][0-9]*)$') end);
    if v_partes is not null then
      ano := v_partes[1]::int;
      numero := v_partes[2];
    elsif documento ~ '20[0-9]{2}[^0-9]*$' then -- a full stop within is no year's
      v_partes := coalesce(
        regexp_match(numero, '^([0-9]+)-(20[0-9]{2})$'),
        regexp_match(numero, '^(.*[0-9].*?)-(?:de|em)-(?:[0-9]{1,2}-){0,2}(20[0-9]{2})$'));
      if v_partes is not null then
        numero := v_partes[1];
        ano := v_partes[2]::int;
      end if;
    elsif documento ~ '/(?:1[5-9]|[23][0-9])[^0-9]*$' then
      v_partes := regexp_match(numero, '^([0-9]{3,})-([123][0-9])$');
      if v_partes is not null then
        numero := v_partes[1];
        ano := 2000 + v_partes[2]::int;
      end if;
    end if;
    v_partes := case when serie is null then regexp_match(numero, '^([0-9]{1,3})-([1-9][0-9]{2,8})$') end;
    if v_partes is not null then
      serie := v_partes[1];
      numero := v_partes[2];
    end if;
  end if;
  numero := nullif(numero, '');
  base := numero;
  if strpos(numero, '-') = 0 then
    v_partes := case when strpos(numero, 'p') > 1 then regexp_match(numero, '^([0-9]+)p([1-9][0-9]?)$') end; -- 345P2
    if v_partes is not null then
      base := v_partes[1];
      parte := v_partes[2];
    end if;
    return;
  end if;
  v_partes := case when serie is null and ano is null then regexp_match(numero, '^([1-9][0-9]{2,11})-([1-9])$') end;
  if v_partes is not null then
    base := v_partes[1];
    barra := v_partes[2];
    return;
  end if;
  v_partes := regexp_match(numero,
    '^([0-9][0-9-]*?)-((?:(?:parcelas?|parcs?|pcl|pc|p|prest|prestacao|mensalidade|medicao|med|bm|etapa|fase|entrada|saldo|sinal|restante|complemento|adiantamento|(?:(?:ante)?pen)?ultima|unica|primeira|segunda|terceira|quarta|quinta|sexta|de|[1-9][0-9]?a?|(?:p|pc|parc)(?:0?[1-9]|[1-9][0-9]))(?:-|$))+)$');
  if v_partes is null or documento ~ '[0-9]{3}[^0-9]*$' and v_partes[2] ~ '[0-9]$'
    -- numbers alone are a part where a stroke says so: 2/3
    or v_partes[2] !~ '[b-z]' and (v_partes[2] !~ '^[0-9]{1,2}-[0-9]{1,2}$' or documento !~ '[0-9]/[0-9]{1,2}[^0-9]*$'
      -- 2026/01/15 is a date, or a number of its year
      or documento ~ '/[0-9]{1,2}/' or v_partes[1] ~ '^(19|20)[0-9]{2}$'
      or split_part(v_partes[2], '-', 1)::int > split_part(v_partes[2], '-', 2)::int)
  then
    return;
  end if;
  v_palavras := regexp_replace(v_partes[2], '(?<![^-])(?:pc?|parc)-?(?=[0-9])', 'parcela-');
  -- the last two are 2/3
  if v_palavras ~ '[0-9]-[0-9]+$' then
    v_palavras := substring(v_palavras, '^(.*[0-9])-[0-9]+$') || '/' || substring(v_palavras, '-([0-9]+)$');
  end if;
  -- parcela 2, parcela 2/3 and 2/3 are plain too
  v_palavras := nullif(coalesce(substring(v_palavras, '^(?:parcela-)?0?([1-9][0-9]?)(?:/[0-9]{1,2})?$'),
    regra_validacao_valores.parcela_dita(translate(v_palavras, '-', ' '))), '');
  if v_palavras is not null or v_partes[2] = 'parcela-unica' then
    base := v_partes[1];
    parte := v_palavras;
  end if;
end
$$;

comment on function regra_validacao_valores.ler_documento(text) is
  'Parts of a document''s text: comparable number, kind, series, year, access key (each null where it is not said), whether it takes another document back, and the number without the part that it names.';
revoke execute on function regra_validacao_valores.ler_documento(text) from public;

-- The digits that a text ends in, two at most and without a zero before the last; where it ends in something else, that, in lower
-- case. Touches nothing; inlined by the planner. Called by regra_validacao_valores.fim_documento.
create or replace function regra_validacao_valores.fim_numero(texto text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.ltrim(pg_catalog.right(texto, 2), '0123456789') = '' then pg_catalog.ltrim(pg_catalog.right(texto, 2), '0')
  else pg_catalog.ltrim(pg_catalog.lower(pg_catalog.right(texto, 1)), '0')
end;

comment on function regra_validacao_valores.fim_numero(text) is 'Last digits of a text, two at most, without a leading zero; or its last character.';
revoke execute on function regra_validacao_valores.fim_numero(text) from public;

-- The same of the number that a document's text says. Not inlined, for then each mention of the number would read the text again. Touches
-- nothing. Called by regra_validacao_valores.fim_documento.
create or replace function regra_validacao_valores.fim_lido(documento text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_numero text := (regra_validacao_valores.ler_documento(documento)).base;
begin
  return regra_validacao_valores.fim_numero(v_numero);
end
$$;

comment on function regra_validacao_valores.fim_lido(text) is 'End of the number that a document''s text says.';
revoke execute on function regra_validacao_valores.fim_lido(text) from public;

-- The last digits of regra_validacao_valores.ler_documento's number, two at most, or its last letter, at a fraction of the cost. Equal
-- numbers end alike, so an entry whose end nobody shares need not be read. Read in full are texts with something that may follow the number
-- (a series, a year, a date, a word), a key, what may be a spreadsheet's ".0", or any other sign at the end (an accent, a bracket, an
-- unusual blank); otherwise a spelling would hide a duplicate. Touches nothing; inlined by the planner. Called by
-- regra_validacao_valores.chave_documento and linhas_documentos.
create or replace function regra_validacao_valores.fim_documento(documento text) returns text
language sql immutable parallel safe
return case
  -- nine in ten
  when pg_catalog.right(documento, 2) = any (array['10','11','12','13','14','15','16','17','18','19','20','21','22','23','24','25','26','27','28','29','30','31','32','33','34','35','36','37','38','39','40','41','42','43','44','45','46','47','48','49','50','51','52','53','54',
      '55','56','57','58','59','60','61','62','63','64','65','66','67','68','69','70','71','72','73','74','75','76','77','78','79','80','81','82','83','84','85','86','87','88','89','90','91','92','93','94','95','96','97','98','99'])
    -- no between: it is written out otherwise after a restore, and verificar would name the function
    and pg_catalog.right(documento, 3) collate "C" >= '0' and pg_catalog.right(documento, 3) collate "C" <= '999' and pg_catalog.left(pg_catalog.right(documento, 4), 2) <> '20'
    and (pg_catalog.octet_length(documento) < 10
      or pg_catalog.octet_length(documento) < 44 and pg_catalog.strpos(documento, 'rie') = 0 and pg_catalog.strpos(documento, 'RIE') = 0)
    then pg_catalog.right(documento, 2)
  -- the same with a zero before the last, which would hide a series or a part only behind another zero
  when pg_catalog.right(documento, 2) = any (array['00','01','02','03','04','05','06','07','08','09'])
    and pg_catalog.right(documento, 3) collate "C" >= '1' and pg_catalog.right(documento, 3) collate "C" <= '999' and pg_catalog.left(pg_catalog.right(documento, 4), 2) <> '20'
    and (pg_catalog.octet_length(documento) < 10
      or pg_catalog.octet_length(documento) < 44 and pg_catalog.strpos(documento, 'rie') = 0 and pg_catalog.strpos(documento, 'RIE') = 0)
    then pg_catalog.ltrim(pg_catalog.right(documento, 2), '0')
  -- one digit or two, and none before them: "NF 7"; or a letter behind a digit
  when pg_catalog.strpos('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', pg_catalog.right(documento, 1)) > 0
    and (pg_catalog.strpos('0123456789', pg_catalog.right(documento, 1)) > 0 and pg_catalog.strpos(pg_catalog.lower(pg_catalog.right(documento, 7)), 's') = 0
        and pg_catalog.translate(pg_catalog.left(documento, -2), '0123456789', '') = pg_catalog.left(documento, -2)
      or pg_catalog.strpos('0123456789', pg_catalog.right(documento, 1)) = 0 and pg_catalog.strpos('0123456789', pg_catalog.left(pg_catalog.right(documento, 2), 1)) > 0)
    and pg_catalog.octet_length(pg_catalog.right(documento, 3)) <= 3 and pg_catalog.strpos(pg_catalog.right(documento, 3), '+') = 0
    and (pg_catalog.octet_length(documento) < 6 or pg_catalog.left(pg_catalog.right(documento, 4), 2) <> '20')
    and (pg_catalog.octet_length(documento) < 10
      or pg_catalog.octet_length(documento) < 44 and pg_catalog.strpos(documento, 'rie') = 0 and pg_catalog.strpos(documento, 'RIE') = 0)
    and pg_catalog.strpos('/.,', pg_catalog.left(pg_catalog.right(documento, 3), 1)) = 0 and pg_catalog.strpos('/.,', pg_catalog.left(pg_catalog.right(documento, 2), 1)) = 0
    then regra_validacao_valores.fim_numero(documento)
  else regra_validacao_valores.fim_lido(documento)
end;

comment on function regra_validacao_valores.fim_documento(text) is
  'End of a document''s number made comparable, two digits at most: equal for equal numbers.';
revoke execute on function regra_validacao_valores.fim_documento(text) from public;
