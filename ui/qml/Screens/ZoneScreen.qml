// One zone's items, the most used first.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property HomeModel home

    heading: home.zoneName
    lead: qsTr("请选择要办的事项")
    backText: qsTr("返回首页")
    leaveVisible: false
    mainText: qsTr("搜索全部事项")
    mainIcon: "search"
    onMainTouched: home.openZone("")

    ScrollArea {
        width: parent.width
        anchors.top: parent.top
        anchors.bottom: turner.visible ? turner.top : parent.bottom
        anchors.bottomMargin: turner.visible ? Theme.px(16) : 0

        ItemGrid {
            width: parent.width
            home: screen.home
        }
    }
    PageTurner {
        id: turner
        objectName: "items"
        visible: screen.home.pageCount > 1
        width: parent.width
        anchors.bottom: parent.bottom
        position: (screen.home.page + 1) + " / " + screen.home.pageCount
        earlierEnabled: screen.home.page > 0
        laterEnabled: screen.home.page + 1 < screen.home.pageCount
        onEarlierTouched: screen.home.turn(-1)
        onLaterTouched: screen.home.turn(1)
    }
}
