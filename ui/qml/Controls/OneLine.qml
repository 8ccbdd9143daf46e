// A single line that grows smaller rather than being cut. (Text.Fit measures in thousands of steps while it is being laid out.)
import QtQuick

Words {
    id: line

    property int largest: Theme.body
    // The width it would like to have.
    readonly property real wanted: Math.ceil(metrics.advanceWidth * largest / 98) + 1

    wrapMode: Text.NoWrap
    verticalAlignment: Text.AlignVCenter
    lineHeight: 1
    size: metrics.advanceWidth > 0 && width > 0 ? Math.max(8, Math.min(largest, Math.floor(98 * width / metrics.advanceWidth))) : largest

    TextMetrics {
        id: metrics
        font.family: line.font.family
        font.weight: line.font.weight
        font.pixelSize: 100
        text: line.text
    }
}
