/** A name as it is written, and the letters that stand for it in a mail address. */
type Written = readonly [name: string, letters: string];

interface Custom {
  readonly given: readonly Written[];
  readonly family: readonly Written[];
  /** Family name first and no space, as in Chinese, Japanese and Korean. */
  readonly joined?: true;
}

const latin = (words: string): Written[] =>
  words.split(' ').map((word) => [
    word,
    word
      .normalize('NFD')
      .replaceAll(/[\u0300-\u036f'’-]/g, '')
      .toLowerCase()
      .replaceAll('ß', 'ss')
      .replaceAll('ø', 'o')
      .replaceAll('ł', 'l')
      .replaceAll('æ', 'ae')
      .replaceAll('ð', 'd')
      .replaceAll('þ', 'th')
      .replaceAll('ı', 'i')
      .replaceAll('đ', 'd'),
  ]);

const pairs = (words: string): Written[] =>
  words.split(' ').map((pair) => {
    const [name = '', letters = ''] = pair.split('=');
    return [name, letters];
  });

/** Where the people of a tenant come from. The first entry is drawn most often. */
export const customs: readonly Custom[] = [
  {
    given: latin(
      'Olivia Noah Emma Liam Grace Henry Maya Oscar Ruth Walter Naomi Theo Clara Felix June Arthur Ivy Miles Esther Hugo Dorothy Simon Beatrice Leo Harriet Marcus Adele Jasper Lydia Owen',
    ),
    family: latin(
      "Bennett Carter Walsh O'Connor Whitfield Mercer Hale Ashworth Pryce Lindqvist Okafor Adeyemi Banks Thornton Marsh Delaney Fox Sutherland Grant Novak Rhodes Baptiste Vance Holloway Kerr Stone Whitaker Boateng Mensah Abernathy",
    ),
  },
  {
    given: latin(
      'Zoë François Héloïse Jürgen Søren Åsa Łukasz Þóra Çağla Işıl Nuño Inês João Ágnes Mátyás Žofie Đuro Maëlle Björn Siân',
    ),
    family: latin(
      'Müller Lefèvre Østergaard Świątek Garçon Núñez Conceição Németh Dvořák Çelik Strauß Guðmundsdóttir Ågren Peña Šimić Kovačević Brontë D’Angelo Fernández-Castaño Weiß',
    ),
  },
  {
    given: pairs('أمينة=amina يوسف=yusuf ليلى=layla عمر=omar فاطمة=fatima خالد=khalid نور=nour سامي=sami'),
    family: pairs('حداد=haddad النجار=alnajjar منصور=mansour خوري=khoury الأحمد=alahmad زيدان=zidan'),
  },
  {
    given: pairs('伟=wei 芳=fang 秀英=xiuying 静怡=jingyi 浩然=haoran 子轩=zixuan 美玲=meiling'),
    family: pairs('王=wang 李=li 张=zhang 欧阳=ouyang 陈=chen 赵=zhao 周=zhou'),
    joined: true,
  },
  {
    given: pairs('健太=kenta 美咲=misaki さくら=sakura 大輔=daisuke 陽子=yoko 翔=sho'),
    family: pairs('佐藤=sato 鈴木=suzuki 高橋=takahashi 渡辺=watanabe 伊藤=ito'),
    joined: true,
  },
  {
    given: pairs('지훈=jihoon 서연=seoyeon 민준=minjun 하은=haeun 수빈=subin'),
    family: pairs('김=kim 이=lee 박=park 최=choi 정=jung'),
    joined: true,
  },
  {
    given: pairs('Анна=anna Дмитрий=dmitry Олена=olena Тарас=taras Мария=maria Сергей=sergey'),
    family: pairs('Коваленко=kovalenko Соколова=sokolova Шевченко=shevchenko Иванов=ivanov Петренко=petrenko'),
  },
  {
    given: pairs('प्रिया=priya अर्जुन=arjun आरव=aarav दीपिका=deepika रोहन=rohan'),
    family: pairs('शर्मा=sharma पटेल=patel सिंह=singh गुप्ता=gupta'),
  },
  {
    given: pairs('Ελένη=eleni Νίκος=nikos Σοφία=sofia Γιώργος=giorgos'),
    family: pairs('Παπαδόπουλος=papadopoulos Αλεξίου=alexiou Καραγιάννη=karagianni'),
  },
  {
    given: pairs('נועה=noa איתי=itai תמר=tamar דוד=david'),
    family: pairs('כהן=cohen לוי=levi מזרחי=mizrahi פרץ=peretz'),
  },
  {
    given: pairs('สมชาย=somchai อรุณี=arunee กมล=kamon'),
    family: pairs('ใจดี=jaidee ศรีสุข=srisuk วงศ์ทอง=wongthong'),
  },
];

/** Domains kept for examples (RFC 2606, RFC 6761): no mail can ever reach anybody. */
export const mailDomains = ['example.com', 'corp.example', 'emea.corp.example', 'example.org'] as const;

export const agentWork = ['Triage', 'Release', 'Invoice', 'Support', 'Research', 'Review', 'Inventory', 'Onboarding'];
export const serviceWork = ['backup', 'ci-runner', 'scim-sync', 'metrics', 'data-export', 'gateway', 'billing'];
