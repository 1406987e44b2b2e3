-- The words by which a text says that it is a part of a document or of another period, without accents, and what each word stands for. To
-- teach the rule a word, add it to a row. tipo is one of:
--   parte           bears a number: "parcela 2", "segunda parcela", "parcela II". digitos is how long it may be: a longer one is the
--                   document's.
--   titulo          bears the document's number with the part behind it: "duplicata 345-1"
--   objeto          bears the number of what the document is about: "contrato 11". It tells two texts apart that both name one.
--   sozinha         says it alone: "entrada", "saldo"
--   ordinal, cardinal   a number in words; -1 is the last one
--   mes, mes_curto  a month
--   anuncio         a period follows, a month or a date: "ref."
--   exercicio       a year follows
--   estorno         something was taken back; estorno_inicio only at the beginning of a text
-- Touches nothing. Called by regra_validacao_valores.palavras_marcas.
create or replace function regra_validacao_valores.marcas() returns table (tipo text, marca text, digitos int, escritas text[])
language sql immutable parallel safe rows 100
begin atomic
  values
    ('parte', 'parcela', 7, '{parc,parcs,parcela,parcelas,pcl,prest,prestacao,mensalidade,mens}'::text[]),
    ('parte', 'parcela', 2, '{pagamento,pagto,pgto,cota,quota}'),
    ('parte', 'medicao', 7, '{medicao,med,bm}'),
    ('parte', 'etapa', 7, '{etapa}'),
    ('parte', 'fase', 7, '{fase}'),
    ('parte', 'lote', 7, '{lote}'),
    ('parte', 'remessa', 7, '{remessa}'),
    ('parte', 'entrega', 3, '{entrega}'),
    ('parte', 'aditivo', 3, '{aditivo}'),
    ('objeto', 'ciclo', 4, '{ciclo}'),
    ('objeto', 'viagem', 4, '{viagem}'),
    ('objeto', 'contrato', 10, '{contrato}'),
    ('objeto', 'apto', 5, '{apto,apartamento}'),
    ('objeto', 'matricula', 10, '{matricula}'),
    ('objeto', 'turno', 1, '{turno}'),
    ('parte', 'semana', 2, '{semana}'),
    ('parte', 'decendio', 2, '{decendio}'),
    ('parte', 'quinzena', 2, '{quinzena,quinz}'),
    ('parte', 'bimestre', 1, '{bimestre,bim}'),
    ('parte', 'trimestre', 1, '{trimestre,trim,tri}'),
    ('parte', 'quadrimestre', 1, '{quadrimestre}'),
    ('parte', 'semestre', 1, '{semestre}'),
    ('titulo', 'titulo', 0, '{duplicata,duplicatas,dupl,dup,dpl,titulo,titulos,tit,boleto}'),
    ('sozinha', 'entrada', 0, '{entrada,sinal}'),
    ('sozinha', 'metade', 0, '{metade}'),
    ('sozinha', 'saldo', 0, '{saldo,restante,remanescente}'),
    ('sozinha', 'adiantamento', 0, '{adiantamento,adiant,adto,antecipacao}'),
    ('sozinha', 'complemento', 0, '{complemento,complementar,complementacao}'),
    ('sozinha', 'diferenca', 0, '{diferenca,reajuste}'),
    ('sozinha', 'multa', 0, '{multa,multas}'),
    ('sozinha', 'juros', 0, '{juros,mora}'),
    ('ordinal', '1', 0, '{primeira,primeiro}'), ('ordinal', '2', 0, '{segunda,segundo}'), ('ordinal', '3', 0, '{terceira,terceiro}'),
    ('ordinal', '4', 0, '{quarta,quarto}'), ('ordinal', '5', 0, '{quinta,quinto}'), ('ordinal', '6', 0, '{sexta,sexto}'),
    ('ordinal', '7', 0, '{setima,setimo}'), ('ordinal', '8', 0, '{oitava,oitavo}'), ('ordinal', '9', 0, '{nona,nono}'),
    ('ordinal', '10', 0, '{decima,decimo}'), ('ordinal', '20', 0, '{vigesima,vigesimo}'), ('ordinal', '30', 0, '{trigesima,trigesimo}'),
    ('ordinal', '40', 0, '{quadragesima,quadragesimo}'), ('ordinal', '50', 0, '{quinquagesima,quinquagesimo}'),
    ('ordinal', '60', 0, '{sexagesima,sexagesimo}'), ('ordinal', '70', 0, '{septuagesima,septuagesimo,setuagesima,setuagesimo}'),
    ('ordinal', '80', 0, '{octogesima,octogesimo}'), ('ordinal', '90', 0, '{nonagesima,nonagesimo}'), ('ordinal', '100', 0, '{centesima,centesimo}'),
    ('ordinal', '-1', 0, '{ultima,ultimo}'), ('ordinal', '-2', 0, '{penultima,penultimo}'), ('ordinal', '-3', 0, '{antepenultima,antepenultimo}'),
    ('cardinal', '1', 0, '{um,uma}'), ('cardinal', '2', 0, '{dois,duas}'), ('cardinal', '3', 0, '{tres}'), ('cardinal', '4', 0, '{quatro}'),
    ('cardinal', '5', 0, '{cinco}'), ('cardinal', '6', 0, '{seis}'), ('cardinal', '7', 0, '{sete}'), ('cardinal', '8', 0, '{oito}'),
    ('cardinal', '9', 0, '{nove}'), ('cardinal', '10', 0, '{dez}'), ('cardinal', '11', 0, '{onze}'), ('cardinal', '12', 0, '{doze}'),
    ('cardinal', '13', 0, '{treze}'), ('cardinal', '14', 0, '{quatorze,catorze}'), ('cardinal', '15', 0, '{quinze}'),
    ('cardinal', '16', 0, '{dezesseis}'), ('cardinal', '17', 0, '{dezessete}'), ('cardinal', '18', 0, '{dezoito}'), ('cardinal', '19', 0, '{dezenove}'),
    ('cardinal', '20', 0, '{vinte}'), ('cardinal', '30', 0, '{trinta}'), ('cardinal', '40', 0, '{quarenta}'), ('cardinal', '50', 0, '{cinquenta}'),
    ('cardinal', '60', 0, '{sessenta}'), ('cardinal', '70', 0, '{setenta}'), ('cardinal', '80', 0, '{oitenta}'), ('cardinal', '90', 0, '{noventa}'),
    ('cardinal', '100', 0, '{cem,cento}'), ('cardinal', '-1', 0, '{final}'),
    ('mes', '1', 0, '{janeiro}'), ('mes', '2', 0, '{fevereiro}'), ('mes', '3', 0, '{marco}'), ('mes', '4', 0, '{abril}'), ('mes', '5', 0, '{maio}'),
    ('mes', '6', 0, '{junho}'), ('mes', '7', 0, '{julho}'), ('mes', '8', 0, '{agosto}'), ('mes', '9', 0, '{setembro}'), ('mes', '10', 0, '{outubro}'),
    ('mes', '11', 0, '{novembro}'), ('mes', '12', 0, '{dezembro}'),
    ('mes_curto', '1', 0, '{jan}'), ('mes_curto', '2', 0, '{fev}'), ('mes_curto', '3', 0, '{mar}'), ('mes_curto', '4', 0, '{abr}'),
    ('mes_curto', '5', 0, '{mai}'), ('mes_curto', '6', 0, '{jun}'), ('mes_curto', '7', 0, '{jul}'), ('mes_curto', '8', 0, '{ago}'),
    ('mes_curto', '9', 0, '{set}'), ('mes_curto', '10', 0, '{out}'), ('mes_curto', '11', 0, '{nov}'),
    ('anuncio', null, 0, '{ref,referente,referencia,compet,competencia,comp,mes,periodo,venc,vencimento,vcto}'),
    ('exercicio', null, 0, '{exercicio,anuidade,iptu,ipva,ano}'),
    ('estorno', null, 0, '{estorno,estornos,estornada,estornado,reversao,revertida,revertido,storno}'),
    ('estorno_inicio', null, 0, '{est,cancelamento,cancelada,cancelado,canc,anulacao,anulada,anulado,devolucao,devolvida,devolvido}'),
    ('estorno_inicio', 'pagamento', 0, '{reembolso}');
end;

comment on function regra_validacao_valores.marcas() is 'Words by which a text says that it is a part of a document, or of a period, and what they stand for.';
revoke execute on function regra_validacao_valores.marcas() from public;

-- The same by word: [tipo, marca, digitos]. "dez" is a number before it is a month. Touches nothing; worked out once for a session. Called
-- by regra_validacao_valores.marcas_texto.
create or replace function regra_validacao_valores.palavras_marcas() returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_object_agg(e, jsonb_build_array(m.tipo, m.marca, m.digitos))
  from regra_validacao_valores.marcas() m cross join lateral unnest(m.escritas) e
$$;

comment on function regra_validacao_valores.palavras_marcas() is 'Words by which a text names a part or a period: each with what it stands for.';
revoke execute on function regra_validacao_valores.palavras_marcas() from public;

-- What tells an entry's text from that of another entry of the same document:
--   parte      the part that it names, as regra_validacao_valores.marcas has them: "parcela 2/3", "segunda parcela" and "parcela II" are
--              "2", "medição 1" is "medicao 1". Also a fraction at the end or in brackets ("NF 345 2/3"), and "1 de 12". Empty: none.
--   mes, ano   the period, each null where it is not said. After a word that announces one: a date, a month or both. Without it: a month with
--              its year, or its whole name. No day of a month, which may be that of a payment.
--   anunciado  such a word announced it, or month and year stand together.
--   objeto     what it is about: a contract, a flat, a shift, a car by its plate, "50% no pedido". Null: nothing.
--   estorno    it says that it takes something back, or was taken back.
-- Of an ordinal and a number the ordinal counts, because what follows "2ª parcela" may be a date. A bare number before the word is none:
-- "em 3 parcelas" says how many.
-- This is a walk over the words of one text: expressions with so many words would take a hundred times as long. Touches nothing. Called by
-- regra_validacao_valores.duplicidades for each text of its suspects, and by parcela_dita.
create or replace function regra_validacao_valores.marcas_texto(
  descricao text, out parte text, out mes text, out ano text, out objeto text, out anunciado boolean, out estorno boolean
)
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_palavras jsonb := regra_validacao_valores.palavras_marcas();
  v_texto text := audit_interno.dobrar(left(descricao, 500));
  t text[];
  v_quantas int;
  i int := 1;
  j int;
  v text;
  k jsonb;
  v_marca text;
  v_valor text;
  v_fracao text;
  v_marcas text[] := '{}'::text[];
  v_partes text[] := '{}'::text[];
  v_meses text[] := '{}'::text[];
  v_anos text[] := '{}'::text[];
  v_objetos text[] := '{}'::text[];
begin
  parte := '';
  anunciado := false;
  estorno := strpos(v_texto, 'nota de credito') > 0;
  if estorno is null then
    estorno := false;
    return;
  end if;
  t := array_remove(string_to_array(replace(replace(replace(replace(replace(
    translate(replace(v_texto, ', ', ' '), U&'[]{}:;,"!?*+_=|#\00B0\00A0\0009\000A\000D', '()()  .         o    '),
    ' - ', ' '), '/', ' / '), '.', ' . '), '-', ' - '), '(', ' ( '), ' '), '');
  t := array_remove(string_to_array(replace(array_to_string(t, ' '), ')', ' ) '), ' '), '');
  if not v_palavras ?| t and v_texto !~ '[0-9] ?[/.-] ?[0-9]|[0-9] de [0-9]|[a-z]-?[0-9]|[0-9]%' then
    return;
  end if;
  v_quantas := cardinality(t);
  t := t || '{"","","","","",""}'::text[];

  while i <= v_quantas loop
    v := t[i];
    i := i + 1; -- t[i] is what follows
    if v < '0' collate "C" then
      continue;
    end if;

    if v < ':' collate "C" then
      if v ~ '^[0-9]{1,2}%$' and t[i] in ('no', 'na') and t[i + 1] >= 'a' collate "C" then
        v_objetos := v_objetos || (v || ' ' || t[i + 1]);
        i := i + 2;
        continue;
      -- "3ª de 6 parcelas"
      elsif v ~ '^[0-9]{1,2}[ao]$' and t[i] = 'de' and t[i + 1] ~ '^[0-9]{1,3}$' and t[i + 2] <> all ('{de,/,.}') then
        v_fracao := coalesce(v_fracao, nullif(ltrim(rtrim(v, 'ao'), '0'), ''));
        i := i + 2;
        continue;
      elsif ltrim(v, '0123456789') <> '' or length(v) > 4 or t[i - 2] = any ('{/,.,-}') then
        continue;
      elsif t[i] = any ('{/,.,-}') and ltrim(t[i + 1], '0123456789') = '' then
        if t[i + 2] = t[i] and ltrim(t[i + 3], '0123456789') = '' then -- a date, or a number with full stops
          i := i + 4;
        elsif length(v) = 4 and left(v, 2) = '20' and length(t[i + 1]) = 2 and t[i] <> '.' and t[i + 1] between '01' and '12' then
          v_meses := v_meses || ltrim(t[i + 1], '0');
          v_anos := v_anos || v;
          anunciado := true;
          i := i + 2;
        elsif length(t[i + 1]) = 4 and left(t[i + 1], 2) = '20' and length(v) <= 2 and v::int between 1 and 12 then
          v_meses := v_meses || ltrim(v, '0');
          v_anos := v_anos || t[i + 1];
          anunciado := true;
          i := i + 2;
        elsif t[i] = '/' and t[i + 1] <> '' and (t[i + 2] = '' and length(v) <= 2 and length(t[i + 1]) <= 2
          or t[i - 2] = '(' and t[i + 2] = ')' and length(v) <= 3 and length(t[i + 1]) <= 3)
        then
          v_fracao := coalesce(v_fracao, nullif(ltrim(v, '0'), ''));
          i := i + 2;
        end if;
      elsif t[i] = 'de' and t[i + 1] <> '' and ltrim(t[i + 1], '0123456789') = '' and length(v) <= 3 and length(t[i + 1]) <= 3
        and t[i + 2] <> all ('{de,/,.}') and v::int between 1 and t[i + 1]::int
      then
        v_fracao := coalesce(v_fracao, ltrim(v, '0'));
        i := i + 2;
      end if;
      continue;
    end if;

    k := v_palavras -> v;
    if k is null then
      if v ~ '^p[0-9]{1,2}$' and t[i] = '/' and t[i + 1] ~ '^[0-9]{1,2}$' and t[i + 2] <> '/' then
        v_fracao := coalesce(v_fracao, nullif(ltrim(substr(v, 2), '0'), ''));
        i := i + 2;
      elsif v ~ '^[tsb][1-6]$' and (t[i] ~ '^20[0-9]{2}$' or t[i] = '/' and t[i + 1] ~ '^(20)?[0-9]{2}$') then
        v_marcas := v_marcas || v;
        v_partes := v_partes || (case left(v, 1) when 't' then 'trimestre ' when 's' then 'semestre ' else 'bimestre ' end || right(v, 1));
      elsif v ~ '^[a-z]{3}[0-9][0-9a-j][0-9]{2}$' then -- a car's plate
        v_objetos := v_objetos || v;
      elsif length(v) = 3 and t[i] = '-' and t[i + 1] ~ '^[0-9]{4}$' and t[i + 2] <> all ('{-,/,.}')
        and v <> all ('{nfe,nfs,nfc,cte,rps,doc,ref,ped,fat,tit,dup,dpl,rec,num,nro}')
      then
        v_objetos := v_objetos || (v || t[i + 1]);
        i := i + 2;
      -- "parc02"
      elsif right(v, 1) < ':' collate "C" and v_palavras -> rtrim(v, '0123456789') ->> 0 = 'parte' then
        v_marca := v_palavras -> rtrim(v, '0123456789') ->> 1;
        if v_marca <> all (v_marcas) then
          v_marcas := v_marcas || v_marca;
          v_partes := v_partes || (case v_marca when 'parcela' then '' else v_marca || ' ' end || ltrim(ltrim(v, 'abcdefghijklmnopqrstuvwxyz'), '0'));
        end if;
      end if;
      continue;
    end if;
    v_marca := k ->> 1;

    case k ->> 0
      when 'parte', 'titulo', 'sozinha' then
        v_valor := null;
        if k ->> 0 <> 'titulo' then
          -- "2ª parcela", "2a. parcela", "2.ª parcela", "vigésima primeira parcela", "1ª metade"
          j := i - 2;
          if t[j] = '.' then
            j := j - 1;
          end if;
          if t[j] = any ('{a,o}') and t[j - 1] = '.' and t[j - 2] ~ '^[0-9]{1,2}$' then
            v_valor := ltrim(t[j - 2], '0');
          elsif t[j] < ':' collate "C" and right(t[j], 1) = any ('{a,o}') and ltrim(left(t[j], -1), '0123456789') = '' then
            v_valor := ltrim(left(t[j], -1), '0');
          else
            while v_palavras -> t[j] ->> 0 = 'ordinal' loop
              v_valor := (coalesce(v_valor::int, 0) + (v_palavras -> t[j] ->> 1)::int)::text;
              j := j - case when t[j - 1] = '-' then 2 else 1 end;
            end loop;
          end if;
        end if;
        if v_valor is null and k ->> 0 <> 'sozinha' then
          j := i;
          while t[j] = any ('{.,-,/,(,n,no,nr,num,numero}') and j < i + 4 loop
            j := j + 1;
          end loop;
          if t[j] < ':' collate "C" and t[j] >= '0' collate "C" then
            if t[j + 1] = any ('{/,.,-}') and t[j + 2] <> '' and ltrim(t[j + 2], '0123456789') = '' and (t[j + 3] = t[j + 1] or length(t[j + 2]) = 4 or t[j + 1] = '.') then
              null; -- a date, a month, an amount
            elsif k ->> 0 = 'titulo' then
              if ltrim(t[j], '0123456789') = '' and length(t[j]) > 1 and t[j + 1] = any ('{/,-}')
                and (length(t[j + 2]) = 1 or length(t[j + 2]) = 2 and ltrim(t[j + 2], '0123456789') = '')
              then
                v_valor := ltrim(t[j + 2], '0');
                i := j + 3;
              elsif length(t[j]) > 2 and length(ltrim(t[j], '0123456789')) = 1 then
                v_valor := right(t[j], 1);
              end if;
            elsif ltrim(t[j], '0123456789') in ('', 'a', 'o') and length(rtrim(t[j], 'ao')) <= (k ->> 2)::int then
              v_valor := rtrim(ltrim(t[j], '0'), 'ao');
              i := case when t[j + 1] = '/' then j + 3 else j + 1 end;
            end if;
          elsif k ->> 0 = 'parte' then
            while v_palavras -> t[j] ->> 0 = any ('{cardinal,ordinal}') or t[j] = 'e' and v_valor is not null loop
              v_valor := (coalesce(v_valor::int, 0) + coalesce((v_palavras -> t[j] ->> 1)::int, 0))::text;
              j := j + 1;
            end loop;
            v_valor := coalesce(v_valor, array_position(
              '{i,ii,iii,iv,v,vi,vii,viii,ix,x,xi,xii,xiii,xiv,xv,xvi,xvii,xviii,xix,xx,xxi,xxii,xxiii,xxiv,xxv,xxvi,xxvii,xxviii,xxix,xxx,xxxi,xxxii,xxxiii,xxxiv,xxxv,xxxvi}',
              t[j])::text);
          end if;
        end if;
        if (v_valor <> '' or k ->> 0 = 'sozinha' and coalesce(t[i - 2] <> all ('{sem,nao}'), true)) and v_marca <> all (v_marcas) then
          v_marcas := v_marcas || v_marca;
          if v_marca = 'metade' and t[i] = 'final' then
            v_valor := t[i];
          end if;
          v_partes := v_partes || case v_marca when 'parcela' then v_valor else concat_ws(' ', v_marca, v_valor) end;
        end if;
      when 'objeto' then
        j := i;
        while t[j] = any ('{.,-,n,no,nr,num,numero}') and j < i + 4 loop
          j := j + 1;
        end loop;
        if t[j] ~ '^[0-9]+$' and length(t[j]) <= (k ->> 2)::int or v_marca = 'turno' and t[j] = any ('{manha,tarde,noite,madrugada}') then
          v_objetos := v_objetos || concat(v_marca, ' ', ltrim(t[j], '0'), case when t[j + 1] = '/' and t[j + 2] ~ '^20[0-9]{2}$' then '/' || t[j + 2] end);
          i := j + 1;
        end if;
      when 'anuncio' then
        j := i;
        while (t[j] = any ('{.,-,a,ao,de,do,em,m,(}') or v_palavras -> t[j] ->> 0 = 'anuncio') and j < i + 5 loop
          j := j + 1;
        end loop;
        if v_palavras -> t[j] ->> 0 = any ('{mes,mes_curto}') or t[j] = 'dez' then
          anunciado := true;
          v_meses := v_meses || case t[j] when 'dez' then '12' else v_palavras -> t[j] ->> 1 end;
          i := j + 1;
          j := i;
        elsif t[j] < '0' collate "C" or t[j] >= ':' collate "C" or ltrim(t[j], '0123456789') <> '' or length(t[j]) not in (1, 2) then
          -- a month and its year are read without it
          anunciado := anunciado or t[j] >= '0' collate "C" and t[j] < ':' collate "C";
          continue;
        elsif t[j + 1] <> all ('{/,.,-}') or t[j + 2] = '' or ltrim(t[j + 2], '0123456789') <> '' then
          if t[j]::int between 1 and 12 then
            anunciado := true;
            v_meses := v_meses || ltrim(t[j], '0');
            i := j + 1;
          end if;
          continue;
        elsif t[j + 3] = t[j + 1] and length(t[j + 4]) in (2, 4) and ltrim(t[j + 4], '0123456789') = '' then
          anunciado := true;
          v_meses := v_meses || (ltrim(t[j], '0') || '/' || ltrim(t[j + 2], '0'));
          v_anos := v_anos || right('20' || t[j + 4], 4);
          i := j + 5;
          continue;
        elsif length(t[j + 2]) = 4 or length(t[j + 2]) = 2 and t[j + 2] > '12' then
          anunciado := true;
          v_meses := v_meses || ltrim(t[j], '0');
          v_anos := v_anos || right('20' || t[j + 2], 4);
          i := j + 3;
          continue;
        else
          anunciado := true;
          v_meses := v_meses || (ltrim(t[j], '0') || '/' || ltrim(t[j + 2], '0'));
          i := j + 3;
          continue;
        end if;
        -- the year of a named month
        while t[j] = any ('{/,-,.,de}') and j < i + 2 loop
          j := j + 1;
        end loop;
        if length(t[j]) = 4 and left(t[j], 2) = '20' or j > i and length(t[j]) = 2 and ltrim(t[j], '0123456789') = '' then
          v_anos := v_anos || right('20' || t[j], 4);
          i := j + 1;
        end if;
      when 'mes', 'mes_curto', 'cardinal' then
        -- "três de seis"; "cinco de dez" is a day
        if k ->> 0 = 'cardinal' and t[i] = 'de' and v_palavras -> t[i + 1] ->> 0 = 'cardinal' and t[i + 1] <> 'dez'
          and v_marca::int between 1 and (v_palavras -> t[i + 1] ->> 1)::int
        then
          v_fracao := coalesce(v_fracao, v_marca);
          i := i + 2;
          continue;
        end if;
        if k ->> 0 = 'cardinal' and (v <> 'dez' or t[i] <> '/')
          -- the day of a payment
          or t[i - 2] = any ('{de,/,-,.}') and t[i - 3] < ':' collate "C" and length(t[i - 3]) <= 2 or t[i - 2] >= '0' collate "C" and t[i - 2] < ':' collate "C" and length(t[i - 2]) <= 2
        then
          continue;
        end if;
        j := i;
        while t[j] = any ('{/,-,.,de}') and j < i + 2 loop
          j := j + 1;
        end loop;
        if length(t[j]) = 4 and left(t[j], 2) = '20' or j > i and length(t[j]) = 2 and ltrim(t[j], '0123456789') = '' then
          v_anos := v_anos || right('20' || t[j], 4);
          anunciado := true;
        elsif k ->> 0 <> 'mes' then
          continue;
        else
          j := i - 1;
        end if;
        v_meses := v_meses || case v when 'dez' then '12' else v_marca end;
        i := j + 1;
      when 'exercicio' then
        if length(t[i]) = 4 and left(t[i], 2) = '20' and ltrim(t[i], '0123456789') = '' then
          v_anos := v_anos || t[i];
          anunciado := true;
        end if;
      when 'estorno' then
        estorno := estorno or coalesce(t[i - 2] <> all ('{sem,nao}'), true);
      when 'estorno_inicio' then
        if i = 2 then
          j := i;
          while t[j] = any ('{.,d,da,de,do,das,dos,ref,referente,a,ao,parcial,total,n,no,-}') and j < i + 5 loop
            j := j + 1;
          end loop;
          estorno := estorno or t[j] = any ('{"",compra,compras,pagamento,pagto,pgto,nf,nfs,nfe,nota,notas,doc,documento,fat,fatura,dupl,duplicata,titulo,lancamento}') or t[j] < ':' collate "C";
          if v_marca = 'pagamento' then -- a refund takes something back only if it names a purchase or a payment: what somebody paid for us is refunded too
            estorno := t[j] = any ('{compra,compras,pagamento,pagto,pgto}');
          end if;
        end if;
      else
        null;
    end case;
  end loop;

  if v_fracao is not null and 'parcela' <> all (v_marcas) then
    v_partes := v_partes || v_fracao;
  end if;
  if cardinality(v_partes) > 0 then
    parte := case when cardinality(v_partes) = 1 then v_partes[1] else (select string_agg(x, ' ' order by x) from unnest(v_partes) x) end;
  end if;
  objeto := (select string_agg(distinct x, ' ' order by x) from unnest(v_objetos) x);
  if cardinality(v_meses) > 0 then
    mes := case when cardinality(v_meses) = 1 then v_meses[1] else (select string_agg(distinct x, ' ') from unnest(v_meses) x) end;
  end if;
  if cardinality(v_anos) > 0 then
    ano := case when cardinality(v_anos) = 1 then v_anos[1] else (select string_agg(distinct x, ' ') from unnest(v_anos) x) end;
  end if;
end
$$;

comment on function regra_validacao_valores.marcas_texto(text) is
  'Part and period of a document that a text names, and whether it says that something was taken back.';
revoke execute on function regra_validacao_valores.marcas_texto(text) from public;

-- The part alone. Touches nothing. Called by regra_validacao_valores.rateios and chaves_acesso.
create or replace function regra_validacao_valores.parcela_dita(descricao text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parte text;
begin
  select m.parte into v_parte from regra_validacao_valores.marcas_texto(descricao) m;
  return v_parte;
end
$$;

comment on function regra_validacao_valores.parcela_dita(text) is
  'Part of a document that a text names, an instalment as its number; empty where it names none.';
revoke execute on function regra_validacao_valores.parcela_dita(text) from public;
