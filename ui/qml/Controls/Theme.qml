pragma Singleton
// Colours, sizes and type of every screen. All lengths are given for a 1080 px short side and scaled to the screen.
import QtQuick

QtObject {
    property real width: 1080
    property real height: 1920
    property bool large: false
    property bool highContrast: false

    readonly property bool portrait: height >= width
    readonly property real unit: Math.min(width, height) / 1080
    readonly property real textScale: large ? 1.35 : 1

    function px(length: real): int {
        return Math.round(length * unit);
    }
    function pt(size: real): int {
        return Math.round(size * unit * textScale);
    }

    // Sizes of type
    readonly property int caption: pt(26)
    readonly property int body: pt(31)
    readonly property int lead: pt(36)
    readonly property int title: Math.round(pt(50) * (large ? 0.86 : 1))
    readonly property int hero: Math.round(pt(66) * (large ? 0.86 : 1))

    // Distances
    readonly property int gap: px(24)
    readonly property int margin: portrait ? px(44) : px(40)
    readonly property int radius: px(24)
    readonly property int touch: px(large ? 108 : 96)
    readonly property int mainTouch: px(portrait ? (large ? 140 : 120) : (large ? 124 : 112))
    readonly property int edgeWidth: highContrast ? px(4) : Math.max(1, px(2))

    // Colours: the pairs keep at least 4.5 : 1, in high contrast at least 7 : 1
    readonly property color page: highContrast ? "#000000" : "#eef2f9"
    readonly property color card: highContrast ? "#000000" : "#ffffff"
    readonly property color edge: highContrast ? "#ffffff" : "#d6dfee"
    readonly property color shadow: highContrast ? "#000000" : "#d3dceb"
    readonly property color ink: highContrast ? "#ffffff" : "#14213d"
    readonly property color soft: highContrast ? "#f2f2f2" : "#4f5d78"
    readonly property color primary: highContrast ? "#ffe600" : "#0d47b0"
    readonly property color primaryDeep: highContrast ? "#ffe600" : "#0a3a92"
    readonly property color primaryInk: highContrast ? "#000000" : "#ffffff"
    readonly property color primaryPale: highContrast ? "#1f1f00" : "#e3ecfc"
    readonly property color headerTop: highContrast ? "#000000" : "#0a3a92"
    readonly property color headerBottom: highContrast ? "#000000" : "#1552c4"
    readonly property color headerInk: "#ffffff"
    readonly property color good: highContrast ? "#5cff8f" : "#17753e"
    readonly property color goodPale: highContrast ? "#000000" : "#e3f5ea"
    readonly property color warn: highContrast ? "#ffe600" : "#7a4d00"
    readonly property color warnPale: highContrast ? "#000000" : "#fff5dc"
    readonly property color warnEdge: highContrast ? "#ffe600" : "#f0d28a"
    readonly property color bad: highContrast ? "#ff9c94" : "#ab1f17"
    readonly property color badPale: highContrast ? "#000000" : "#fdeceb"
    readonly property color badEdge: highContrast ? "#ff9c94" : "#f2bdb8"
    readonly property color off: highContrast ? "#000000" : "#e6ebf3"
    readonly property color offInk: highContrast ? "#c8c8c8" : "#5e6a82"
    readonly property color veil: highContrast ? "#f0000000" : "#e60a1e46"

    // A tone's colours: good, warn, bad, off; else the primary ones
    function toned(tone: string): color {
        return tone === "bad" ? bad : tone === "good" ? good : tone === "warn" ? warn : tone === "off" ? offInk : primary;
    }
    function tonedPale(tone: string): color {
        return tone === "bad" ? badPale : tone === "good" ? goodPale : tone === "warn" ? warnPale : tone === "off" ? off : primaryPale;
    }
}
