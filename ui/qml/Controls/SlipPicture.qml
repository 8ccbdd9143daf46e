// The slip as it comes out (or would have): the resident can check it, or photograph it.
import QtQuick

Item {
    id: slip

    property string picture
    readonly property bool there: image.implicitWidth > 1

    Card {
        anchors.centerIn: image
        width: image.paintedWidth + Theme.px(24)
        height: image.paintedHeight + Theme.px(24)
        colour: "#ffffff"
        visible: slip.there
    }
    Image {
        id: image
        anchors.fill: parent
        anchors.margins: Theme.px(12)
        fillMode: Image.PreserveAspectFit
        cache: false
        smooth: true
        source: slip.picture
    }
}
