//! Countries as files write them.

use std::sync::LazyLock;

use crate::phone::Region;

/// ISO 3166-1 alpha-3 codes, each followed by its alpha-2 code, in their order.
const CODES: &str = "ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATGAG AUSAU AUTAT AZEAZ \
    BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO \
    BRABR BRBBB BRNBN BTNBT BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG \
    COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK \
    DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM \
    GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT \
    GUFGF GUMGU GUYGY HKGHK HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ \
    ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW \
    LAOLA LBNLB LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC \
    MDAMD MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS \
    MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP \
    NRUNR NZLNZ OMNOM PAKPK PANPA PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP PRTPT PRYPY PSEPS \
    PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SHNSH SJMSJ SLBSB SLESL SLVSV \
    SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC \
    TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG \
    UKRUA URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS XKXXK YEMYE \
    ZAFZA ZMBZM ZWEZW";
static PAIRS: LazyLock<Vec<&str>> = LazyLock::new(|| CODES.split_whitespace().collect());
const ALPHA_3: usize = 3;

/// The region of a country's code, of either kind. Amazon Pinpoint documents the short ones and
/// exports the long ones.
pub(super) fn region(code: &str) -> Option<Region> {
    let code = code.trim().to_ascii_uppercase();
    if code.len() != ALPHA_3 {
        return code.parse().ok();
    }
    let found = PAIRS.binary_search_by(|pair| pair[..ALPHA_3].cmp(&code)).ok()?;
    PAIRS[found][ALPHA_3..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_codes_are_known() {
        let name = |code| region(code).map(String::from);
        for (code, expected) in [
            ("US", "US"),
            ("USA", "US"),
            ("jpn", "JP"),
            (" CAN ", "CA"),
            ("CHN", "CN"),
            ("GBR", "GB"),
        ] {
            assert_eq!(name(code).as_deref(), Some(expected), "{code}");
        }
        for unknown in ["", "XXX", "U", "USAUS", "ATA"] {
            assert_eq!(name(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn codes_are_in_order_and_unique() {
        assert!(PAIRS.iter().all(|pair| pair.len() == "USAUS".len()));
        assert!(PAIRS.is_sorted_by(|one, next| one[..ALPHA_3] < next[..ALPHA_3]));
    }
}
