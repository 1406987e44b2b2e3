-- Which instalment a description says it is, without leading zeros: "parcela 2/3", "parc. 02", "prestação 2", "2ª parcela", "segunda
-- parcela", "parcela II", or a fraction at the end of the text, "NF 345 2/3". Empty where it says none. The ordinal is asked first: what
-- follows "2ª parcela" may be a date. A bare number before the word is none, for "em 3 parcelas" says how many. Most texts name no
-- instalment, and are spared the expressions. Touches nothing; inlined by the planner. Called by regra_validacao_valores.duplicidades.
create or replace function regra_validacao_valores.parcela_dita(descricao text) returns text
language sql immutable parallel safe
return (
  select case when t.texto like '%parc%' or t.texto like '%prest%' or t.texto ~ '[0-9] ?/ ?[0-9]{1,2}\s*$' then coalesce(
      pg_catalog.substring(t.texto, '\m0*([0-9]{1,3})[.]?[ao°][. ]{0,3}(?:parc(?:ela)?|prest(?:acao)?)\M'),
      pg_catalog.substring(t.texto, '(?:parc[a-z]*|prest(?:acao)?)[^0-9a-z]{0,6}(?:n(?:[or]|um|umero)?[^0-9a-z]{0,3})?0*([0-9]{1,3})'),
      pg_catalog.array_position('{primeira,segunda,terceira,quarta,quinta,sexta,setima,oitava,nona,decima}',
        pg_catalog.substring(t.texto, '\m([a-z]+)a (?:parc(?:ela)?|prest(?:acao)?)\M') || 'a')::text,
      pg_catalog.array_position('{i,ii,iii,iv,v,vi,vii,viii,ix,x,xi,xii}',
        pg_catalog.substring(t.texto, '(?:parc(?:ela)?|prest(?:acao)?)[^0-9a-z]{1,4}([ivx]{1,4})\M'))::text,
      pg_catalog.array_position('{um,dois,tres,quatro,cinco,seis,sete,oito,nove,dez,onze,doze}',
        pg_catalog.substring(t.texto, '(?:parc(?:ela)?|prest(?:acao)?)[^0-9a-z]{1,4}([a-z]{2,6})\M'))::text,
      pg_catalog.substring(t.texto, '(?<![0-9/.-])0*([0-9]{1,2}) ?/ ?[0-9]{1,2}\s*$'),
      '')
    else '' end
  from (select audit_interno.dobrar(pg_catalog.left(descricao, 500)) as texto) t);

comment on function regra_validacao_valores.parcela_dita(text) is
  'Number of the instalment that a description says it is; empty where it says none.';
revoke execute on function regra_validacao_valores.parcela_dita(text) from public;
