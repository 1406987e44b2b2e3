-- Tries a regular expression on growing texts made of its own letters and words, and gives up as soon as one of them takes too long. Each
-- is little longer than the one before, so even an expression that doubles with every letter is caught within moments. One that passes
-- takes milliseconds on the longest text. Touches nothing. Called by audit_interno.preparar_padrao.
create or replace function audit_interno.demora_expressao(expressao text)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_letras text[];
  v_letra text;
  v_fim text;
  v_tamanho integer;
  v_inicio timestamptz := clock_timestamp();
  v_antes timestamptz;
  v_demora interval;
begin
  perform '' ~* demora_expressao.expressao;
  if clock_timestamp() - v_inicio > interval '2 s' then
    return 'só para ser lida';
  end if;
  select array_agg(distinct l.letra) into v_letras
  from (
    (select m[1] || ' ' as letra from regexp_matches(demora_expressao.expressao, '[[:alnum:]]{2,}', 'g') as m order by length(m[1]) desc limit 3)
    union all
    (select lower(m[1]) from regexp_matches(demora_expressao.expressao, '(?<!\\)([[:alnum:]])', 'g') as m group by 1 order by count(*) desc limit 4)
    union all
    select unnest(array['a', '0', ' '])
  ) as l;
  foreach v_letra in array v_letras loop
    -- the letter that ends the expression: without it most texts are refused at a glance
    foreach v_fim in array array['', '!', coalesce(substring(demora_expressao.expressao from '([[:alnum:]])[^[:alnum:]]*$'), '.')] loop
      v_tamanho := 8;
      while v_tamanho < 2000 loop
        v_demora := null;
        for v_vez in 1..3 loop -- the quickest of three: a busy server is not the expression's fault
          v_antes := clock_timestamp();
          perform left(repeat(v_letra, v_tamanho), v_tamanho) || v_fim ~* demora_expressao.expressao;
          v_demora := least(v_demora, clock_timestamp() - v_antes);
          exit when v_demora < interval '100 ms';
        end loop;
        if v_demora >= interval '100 ms' then
          return format('%s ms num texto de %s letras', round(extract(epoch from v_demora) * 1000), v_tamanho);
        end if;
        v_tamanho := case when v_tamanho < 40 then v_tamanho + 3 else v_tamanho * 5 / 4 end;
      end loop;
    end loop;
  end loop;
  return null;
end
$$;
comment on function audit_interno.demora_expressao(text) is 'The text on which a regular expression takes too long, in words; null if there is none.';
