-- What an analyst would write instead of trade_marketing: one alternation of the patterns on the description, without regard to case and
-- accents, and one of the exclusions, over what is not booked as marketing.
select count(*)
from dw.lancamentos l
where translate(lower(l.descricao), 'áàâãäéêíóôõöúüç', 'aaaaaeeioooouuc') ~ current_setting('bancada.padroes')
  and translate(lower(l.descricao), 'áàâãäéêíóôõöúüç', 'aaaaaeeioooouuc') !~ current_setting('bancada.exclusoes')
  and l.categoria is distinct from 'Trade Marketing'
